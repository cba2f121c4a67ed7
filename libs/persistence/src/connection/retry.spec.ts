import { delayBeforeAttempt, retrying } from './retry';

const policy = { timeoutMs: 10_000, firstDelayMs: 1, longestDelayMs: 4, retryable: () => true };

describe('retrying', () => {
  it('doubles the longest delay up to its bound', () => {
    const longest = [0, 1, 2, 3, 60].map((attempt) => delayBeforeAttempt(attempt, policy, () => 1));
    expect(longest).toEqual([1, 2, 4, 4, 4]);
  });

  it('spreads the delay over the whole range', () => {
    expect(delayBeforeAttempt(2, policy, () => 0)).toBe(0);
    expect(delayBeforeAttempt(2, policy, () => 0.5)).toBe(2);
  });

  it('goes on until the work is done', async () => {
    let attempts = 0;
    const work = async (): Promise<number> => {
      if (++attempts < 4) throw new Error('not yet');
      return attempts;
    };
    await expect(retrying(work, policy)).resolves.toBe(4);
  });

  it('throws at once what cannot be helped', async () => {
    const work = jest.fn().mockRejectedValue(new Error('wrong password'));
    await expect(retrying(work, { ...policy, retryable: () => false })).rejects.toThrow('wrong password');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('throws the last error when the time is over', async () => {
    const work = jest.fn().mockRejectedValue(new Error('refused'));
    await expect(retrying(work, { ...policy, timeoutMs: 0 })).rejects.toThrow('refused');
  });
});
