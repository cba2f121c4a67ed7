import * as fc from 'fast-check';
import type { Effect, RolloutInput } from '@croupier/rollout';
import { FakeClock } from '../../test/fake-clock';
import { allLeases, leasesOf } from '../../test/memory-lease-store';
import { releaseId } from '../../test/release-plan';
import { ScriptedPerformer } from '../../test/scripted-performer';
import { queued } from '../../test/stored-releases';
import type { PendingEffect, StoredRelease } from '../ports/release-store';
import { EffectQueue } from './effect-queue';
import { EffectRunner, type EffectLimits } from './effect-runner';
import type { Fate } from './needed-workloads';

const LIMITS: EffectLimits = {
  concurrency: 3,
  timeoutMs: 1_000,
  attempts: 3,
  firstRetryMs: 100,
  longestRetryMs: 350,
};
const DEPLOYED: RolloutInput = { kind: 'stagingDeployed' };
const NOBODY_LOOKED: ReadonlyMap<string, Fate> = new Map();

type PlainKind = 'deploy-staging' | 'run-tests' | 'stop-staging' | 'deploy-production' | 'promote-traffic';

function pending(of: number, kind: PlainKind = 'deploy-staging', sequence = 1): PendingEffect {
  return { releaseId: releaseId(of), sequence, effect: { kind, key: `${of}:${kind}` } };
}

function fatesOf(fate: Fate, ...effects: readonly PendingEffect[]): ReadonlyMap<string, Fate> {
  return new Map(effects.map(({ effect }) => [effect.key, fate]));
}

function retirement(of: number, version = '1.1.0'): PendingEffect {
  const effect: Effect = { kind: 'retire-workload', key: `${of}:retire-workload:${version}`, version };
  return { releaseId: releaseId(of), sequence: 1, effect };
}

/** Releases of games of their own, unless they are said to share one. */
function running(effects: readonly PendingEffect[], game = (of: string): string => `game-${of.slice(-2)}`) {
  const queue = new EffectQueue();
  queue.add(effects);
  const performer = new ScriptedPerformer();
  const clock = new FakeClock();
  const warnings: string[] = [];
  let wakes = 0;
  const releaseOf = ({ releaseId: id }: PendingEffect): StoredRelease =>
    queued({ releaseId: id, game: game(id) }, { partition: 1 });
  const runner = new EffectRunner(
    queue,
    performer,
    clock,
    LIMITS,
    () => (wakes += 1),
    (message) => warnings.push(message),
  );
  return {
    ...{ queue, performer, clock, runner, warnings },
    start: (fates = fatesOf('performed', ...effects)) => runner.start(allLeases(7), releaseOf, fates),
    wakes: () => wakes,
  };
}

describe('the runner of effects', () => {
  it('performs by the fencing token of the lease, and tells what has come of it', async () => {
    const { performer, runner, start, wakes } = running([pending(1)]);
    start();
    expect(performer.last).toMatchObject({ effect: pending(1).effect, fencingToken: 7 });
    expect(runner.takeOutcomes()).toEqual([]);
    await performer.last.succeed(DEPLOYED);
    expect(wakes()).toBe(1);
    expect(runner.takeOutcomes()).toEqual([{ pending: pending(1), input: DEPLOYED }]);
    expect(runner.takeOutcomes()).toEqual([]);
  });

  it('performs nothing without a lease, nor for a release that is not known', () => {
    const { runner, performer } = running([pending(1)]);
    runner.start(leasesOf(7, [2]), () => queued({}, { partition: 1 }), NOBODY_LOOKED);
    runner.start(allLeases(7), () => undefined, NOBODY_LOOKED);
    expect(performer.performances).toEqual([]);
  });

  it('leaves traffic to the router', () => {
    const { performer, start } = running([pending(1, 'promote-traffic')]);
    start();
    expect(performer.performances).toEqual([]);
  });

  it('begins none twice while it is under way, nor while its outcome waits to be stored', async () => {
    const { clock, performer, start } = running([pending(1)]);
    start();
    start();
    await performer.last.succeed(DEPLOYED);
    clock.pass(60_000);
    start();
    expect(performer.performances).toHaveLength(1);
  });

  it('performs those of a release one after the other', async () => {
    const { performer, queue, runner, start } = running([pending(1), pending(1, 'run-tests', 2)]);
    start();
    expect(performer.kinds).toEqual(['deploy-staging']);
    await performer.last.succeed(DEPLOYED);
    const [outcome] = runner.takeOutcomes();
    queue.finished(outcome!.pending);
    start();
    expect(performer.kinds).toEqual(['deploy-staging', 'run-tests']);
  });

  it('performs as many at a time as it may, and the others as these end', async () => {
    const { performer, start } = running([1, 2, 3, 4, 5].map((of) => pending(of)));
    start();
    expect(performer.performances).toHaveLength(LIMITS.concurrency);
    await performer.performances[1]!.succeed(DEPLOYED);
    start();
    expect(performer.performances).toHaveLength(LIMITS.concurrency + 1);
  });

  it('never has two under way on the same workload', async () => {
    const both = [pending(1), pending(2, 'stop-staging')];
    const { performer, start } = running(both, () => 'gold-rush');
    start();
    expect(performer.kinds).toEqual(['deploy-staging']);
    await performer.last.succeed(DEPLOYED);
    start();
    expect(performer.kinds).toEqual(['deploy-staging', 'stop-staging']);
  });

  it('stops nothing before it was looked whether that is needed', () => {
    const { performer, start } = running([retirement(1), pending(2, 'stop-staging'), pending(3)]);
    start(NOBODY_LOOKED);
    expect(performer.kinds).toEqual(['deploy-staging']);
    start();
    expect(performer.kinds).toEqual(['deploy-staging', 'retire-workload', 'stop-staging']);
  });

  it('counts as done what is kept for others, and tells so without performing it', () => {
    const { performer, runner, start, wakes } = running([retirement(1), pending(2, 'stop-staging')]);
    start(fatesOf('kept', retirement(1), pending(2, 'stop-staging')));
    expect(performer.performances).toEqual([]);
    expect(runner.takeOutcomes()).toEqual([
      { pending: retirement(1), input: { kind: 'retired', version: '1.1.0', kept: true } },
      { pending: pending(2, 'stop-staging'), input: null },
    ]);
    expect(wakes()).toBe(2);
  });
});

describe('an effect that fails', () => {
  it.each([
    [1, 100],
    [2, 200],
    [3, 350],
    [4, 350],
  ])('is tried again after failure %i within %i ms, at random', async (failures, longestMs) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: longestMs - 1 }), async (waitMs) => {
        const { clock, performer, start } = running([pending(1, 'stop-staging')]);
        for (let failure = 1; failure <= failures; failure += 1) {
          clock.pass(LIMITS.longestRetryMs);
          start();
          clock.chance = waitMs / longestMs;
          await performer.last.fail('busy');
        }
        clock.pass(waitMs - 1);
        start();
        expect(performer.performances).toHaveLength(failures);
        clock.pass(2);
        start();
        expect(performer.performances).toHaveLength(failures + 1);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the later ones of its release waiting, and nobody else', async () => {
    const { performer, start } = running([pending(1), pending(1, 'run-tests', 2), pending(2)]);
    start();
    await performer.performances[0]!.fail('busy');
    start();
    expect(performer.kinds).toEqual(['deploy-staging', 'deploy-staging']);
  });

  it('is given up after its last attempt, and its release is told why', async () => {
    const { clock, performer, runner, start, warnings } = running([pending(1)]);
    for (let attempt = 1; attempt <= LIMITS.attempts; attempt += 1) {
      expect(runner.takeOutcomes()).toEqual([]);
      start();
      await performer.last.fail('no such image');
      clock.pass(LIMITS.longestRetryMs);
    }
    const failure = { kind: 'stagingFailed', reason: 'no such image' };
    expect(runner.takeOutcomes()).toEqual([{ pending: pending(1), input: failure }]);
    expect(warnings).toHaveLength(LIMITS.attempts);
    expect(warnings.at(-1)).toBe('1:deploy-staging failed at attempt 3: no such image');
    start();
    expect(performer.performances).toHaveLength(LIMITS.attempts);
  });

  it('is never given up when it clears away', async () => {
    const { clock, performer, runner, start } = running([retirement(1)]);
    for (let attempt = 1; attempt <= LIMITS.attempts * 3; attempt += 1) {
      start();
      expect(performer.performances).toHaveLength(attempt);
      await performer.last.fail('busy');
      clock.pass(LIMITS.longestRetryMs);
    }
    expect(runner.takeOutcomes()).toEqual([]);
  });

  it('wakes the loop, which has to see to the next attempt', async () => {
    const { performer, start, wakes } = running([pending(1)]);
    start();
    await performer.last.fail('busy');
    expect(wakes()).toBe(1);
  });

  it('has all its attempts again once it has succeeded, or belongs to somebody else', async () => {
    const { clock, performer, runner, start } = running([pending(1)]);
    for (let attempt = 1; attempt < LIMITS.attempts; attempt += 1) {
      start();
      await performer.last.fail('busy');
      clock.pass(LIMITS.longestRetryMs);
    }
    runner.forget(pending(1));
    start();
    await performer.last.fail('busy');
    expect(runner.takeOutcomes()).toEqual([]);
  });
});

describe('an effect that hangs', () => {
  it('counts as failed when its time is over, and is tried again', () => {
    const { clock, performer, start, warnings } = running([pending(1)]);
    start();
    clock.pass(LIMITS.timeoutMs - 1);
    start();
    expect(performer.performances).toHaveLength(1);
    clock.pass(1);
    start();
    expect(warnings).toEqual(['1:deploy-staging failed at attempt 1: it has not ended within 1000 ms']);
    clock.pass(LIMITS.firstRetryMs);
    start();
    expect(performer.performances).toHaveLength(2);
  });

  it('makes room for others', () => {
    const { clock, performer, start } = running([1, 2, 3, 4].map((of) => pending(of)));
    start();
    clock.pass(LIMITS.timeoutMs);
    start();
    expect(performer.performances).toHaveLength(4);
  });

  it('is given up like any other, so that what comes after it is done', () => {
    const { clock, performer, runner, start } = running([pending(1), pending(1, 'stop-staging', 2)]);
    for (let attempt = 1; attempt <= LIMITS.attempts; attempt += 1) {
      start();
      clock.pass(LIMITS.timeoutMs);
      start();
      clock.pass(LIMITS.longestRetryMs);
    }
    expect(performer.performances).toHaveLength(LIMITS.attempts);
    expect(runner.takeOutcomes()).toEqual([
      { pending: pending(1), input: { kind: 'stagingFailed', reason: 'it has not ended within 1000 ms' } },
    ]);
  });

  it('is not heard when it answers after all, be it before or while it is tried again', async () => {
    const { clock, performer, runner, start } = running([pending(1), pending(2)]);
    start();
    const [first, second] = performer.performances;
    clock.pass(LIMITS.timeoutMs);
    start();
    await first!.succeed(DEPLOYED);
    clock.pass(LIMITS.firstRetryMs);
    start();
    await second!.fail('too late');
    expect(runner.takeOutcomes()).toEqual([]);
    expect(performer.performances).toHaveLength(4);
    await performer.performances[3]!.succeed(DEPLOYED);
    expect(runner.takeOutcomes()).toEqual([{ pending: pending(2), input: DEPLOYED }]);
  });
});

describe('an outcome that could not be stored', () => {
  it('is performed again, after a while', async () => {
    const { clock, performer, runner, start } = running([pending(1)]);
    start();
    await performer.last.succeed(DEPLOYED);
    const [outcome] = runner.takeOutcomes();
    runner.again(outcome!.pending);
    start();
    expect(performer.performances).toHaveLength(1);
    clock.pass(LIMITS.firstRetryMs);
    start();
    await performer.last.succeed(DEPLOYED);
    expect(runner.takeOutcomes()).toEqual([{ pending: pending(1), input: DEPLOYED }]);
  });
});
