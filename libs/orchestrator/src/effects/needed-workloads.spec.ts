import { allAtOnceSteps, type Effect, type ReleasePlan, type RolloutInput } from '@croupier/rollout';
import { MemoryReleaseStore } from '../../test/memory-release-store';
import { releaseId } from '../../test/release-plan';
import { command, inPhase, inStep, judged, NOW, queued, told } from '../../test/stored-releases';
import type { DealtVersions, PendingEffect, StoredRelease } from '../ports/release-store';
import { OwnedReleases } from '../releases/owned-releases';
import { EffectQueue } from './effect-queue';
import { NeededWorkloads } from './needed-workloads';

const SWITCHED: RolloutInput = { kind: 'weightConfirmed', stepIndex: null };
const SECOND: Partial<ReleasePlan> = { releaseId: releaseId(2) };
const WAY_BACK: Partial<ReleasePlan> = { ...SECOND, strategy: 'rollback', steps: allAtOnceSteps() };

function pending(of: StoredRelease, effect: Effect): PendingEffect {
  return { releaseId: of.id, sequence: 1, effect };
}

const retirement = (of: StoredRelease, version = '1.1.0') =>
  pending(of, { kind: 'retire-workload', key: 'retire', version });
const stagingStop = (of: StoredRelease) => pending(of, { kind: 'stop-staging', key: 'stop' });

/** Whether the workload is needed with these releases there, and this version stable. */
async function isNeeded(effect: PendingEffect, releases: readonly StoredRelease[], stable = '1.0.0') {
  return (await fateOf(effect, releases, stable)) === 'kept';
}

async function fateOf(
  effect: PendingEffect,
  releases: readonly StoredRelease[],
  stable: string,
  dealt?: DealtVersions,
  now = NOW,
) {
  const store = new MemoryReleaseStore();
  store.stable.set('acme/gold-rush', stable);
  if (dealt) store.dealt.set('acme/gold-rush', dealt);
  const queue = new EffectQueue();
  const owned = new OwnedReleases(store, queue);
  queue.add([effect]);
  owned.adopt(releases, []);
  const fates = await new NeededWorkloads(store, owned, queue).among([effect], now);
  return fates.get(effect.effect.key);
}

describe('a production workload that a release would stop', () => {
  const rolledBack = told(inStep(1), command('abort'), SWITCHED);

  it('is stopped when nobody else needs it', async () => {
    expect(await isNeeded(retirement(rolledBack), [rolledBack])).toBe(false);
  });

  it('goes on while its version is the stable one', async () => {
    expect(await isNeeded(retirement(rolledBack), [rolledBack], '1.1.0')).toBe(true);
  });

  it('goes on while another release of its version deploys it, or has it in traffic', async () => {
    for (const other of [inPhase('deploying', SECOND), inPhase('deploying', WAY_BACK), inStep(1, SECOND)])
      expect(await isNeeded(retirement(rolledBack), [rolledBack, other])).toBe(true);
  });

  it('is stopped although another one is queued or tested, which will deploy it again', async () => {
    for (const other of [queued(SECOND), inPhase('testing', SECOND)])
      expect(await isNeeded(retirement(rolledBack), [rolledBack, other])).toBe(false);
  });

  it('is stopped whatever happens to other versions and other games', async () => {
    for (const plan of [{ version: '1.2.0' }, { game: 'wallet' }])
      expect(await isNeeded(retirement(rolledBack), [rolledBack, inStep(1, { ...SECOND, ...plan })])).toBe(
        false,
      );
  });

  it('goes on for a later drain, which then stops it', async () => {
    const draining = told(inStep(1, SECOND), command('abort'));
    expect(await isNeeded(retirement(rolledBack), [rolledBack, draining])).toBe(true);
    expect(await isNeeded(retirement(draining), [rolledBack, draining])).toBe(false);
  });

  it('is stopped by one of two whose drains end together', async () => {
    const twin = told(inStep(1, SECOND), command('abort'), SWITCHED);
    const needed = [rolledBack, twin].map((one) => isNeeded(retirement(one), [rolledBack, twin]));
    expect((await Promise.all(needed)).sort()).toEqual([false, true]);
  });
});

describe('a production workload whose successor is not certified everywhere', () => {
  const promoted = told(inStep(5), judged('healthy', 5), SWITCHED);
  const { drainMs } = promoted.state.plan;
  const dealt = (now: string[], until: [string, number][] = []): DealtVersions => ({
    now: new Set(now),
    until: new Map(until),
  });

  it('stays up while any market is dealt it', async () => {
    const serving = dealt(['1.0.0', '1.1.0']);
    expect(await fateOf(retirement(promoted, '1.0.0'), [promoted], '1.1.0', serving)).toBe('waits');
    const alone = dealt(['1.1.0']);
    expect(await fateOf(retirement(promoted, '1.0.0'), [promoted], '1.1.0', alone)).toBe('performed');
  });

  it('drains once no market is any more, and is stopped then', async () => {
    // By the release itself, between that and its confirmation, and long after it.
    for (const until of [NOW - 1_000, NOW - 1, NOW + 60_000]) {
      const left = dealt(['1.1.0'], [['1.0.0', until]]);
      const fateAt = (now: number) => fateOf(retirement(promoted, '1.0.0'), [promoted], '1.1.0', left, now);
      expect(await fateAt(until + drainMs)).toBe('waits');
      expect(await fateAt(until + drainMs + 3_000)).toBe('performed');
    }
  });
});

describe('a staging workload that a release would stop', () => {
  const failed = told(inPhase('testing'), { kind: 'testsFailed', reason: 'no deposit' });

  it('goes on while another release of its version is on it', async () => {
    for (const phase of ['staging', 'testing'] as const)
      expect(await isNeeded(stagingStop(failed), [failed, inPhase(phase, SECOND)])).toBe(true);
    expect(await isNeeded(stagingStop(failed), [failed, inPhase('migrating', SECOND)])).toBe(false);
    const other = inPhase('testing', { ...SECOND, version: '1.2.0' });
    expect(await isNeeded(stagingStop(failed), [failed, other])).toBe(false);
  });
});
