import { MigrationFailure } from '../engine/migration-failure';
import { withPatience, type LockPatience } from './lock-patience';

const PATIENT: LockPatience = { budgetMs: 60_000, firstDelayMs: 1, longestDelayMs: 2 };
const lockFault = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

describe('patience with locks', () => {
  it('tries again until the lock is free', async () => {
    let attempts = 0;
    const answer = await withPatience(PATIENT, async () => {
      attempts += 1;
      if (attempts < 4) throw new MigrationFailure('V1__a.sql line 1: lock timeout', { cause: lockFault });
      return 'done';
    });
    expect([answer, attempts]).toEqual(['done', 4]);
  });

  it('does not begin an attempt that the budget has no time for', async () => {
    let attempts = 0;
    const given = withPatience({ ...PATIENT, budgetMs: 40 }, async () => {
      attempts += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
      throw lockFault;
    });
    await expect(given).rejects.toThrow(/gave up after 1 attempts within the lock budget of 40 ms/);
    expect(attempts).toBe(1);
  });

  it('does not try again what fails for another reason', async () => {
    let attempts = 0;
    const failed = withPatience(PATIENT, async () => {
      attempts += 1;
      throw new Error('relation "x" does not exist');
    });
    await expect(failed).rejects.toThrow('does not exist');
    expect(attempts).toBe(1);
  });
});
