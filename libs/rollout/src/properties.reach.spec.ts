import type { Strategy } from '@croupier/contracts';
import * as fc from 'fast-check';
import { ReleaseDriver } from '../test/release-driver';
import { live, runs } from '../test/release-runs';
import type { RolloutEvent, RolloutEventOf } from './event';

const EVENTS: Record<RolloutEvent['type'], true> = {
  'release.queued': true,
  'release.waiting': true,
  'release.started': true,
  'staging.deployed': true,
  'tests.passed': true,
  'tests.failed': true,
  'approval.requested': true,
  'release.approved': true,
  'approval.overridden': true,
  'release.staged': true,
  'migration.applied': true,
  'migration.failed': true,
  'workload.ready': true,
  'workload.failed': true,
  'rollout.started': true,
  'rollout.step': true,
  'weight.confirmed': true,
  'flag.set': true,
  'step.passed': true,
  'step.skipped': true,
  'step.approved': true,
  'rollout.held': true,
  'rollout.incident': true,
  'rollout.frozen': true,
  'rollout.waiting': true,
  'rollout.thawed': true,
  'rollout.paused': true,
  'rollout.resumed': true,
  'rollout.promoted': true,
  'rollout.rolled_back': true,
  'release.failed': true,
  'workload.retiring': true,
  'workload.retired': true,
};

const ROLLBACKS: Record<RolloutEventOf<'rollout.rolled_back'>['cause'], true> = {
  breach: true,
  'workload-failed': true,
  'preview-failed': true,
  superseded: true,
  revoked: true,
  deadline: true,
  operator: true,
};

const PROMOTIONS: Record<RolloutEventOf<'rollout.promoted'>['cause'], true> = {
  'steps-passed': true,
  'first-version': true,
  operator: true,
};

const STRATEGIES: Record<Strategy, true> = {
  canary: true,
  'blue-green': true,
  flag: true,
  'all-at-once': true,
  rollback: true,
};

describe('the random runs', () => {
  const seen = new Set<string>();
  for (const { plan, moments } of fc.sample(runs, { numRuns: 5_000, seed: 1 }))
    for (const event of live(new ReleaseDriver(plan), moments).events) {
      seen.add(event.type);
      if (event.type === 'rollout.rolled_back') seen.add(`rolled back: ${event.cause}`);
      if (event.type === 'rollout.promoted') seen.add(`promoted: ${event.cause}`);
      if (event.type === 'rollout.promoted') seen.add(`${plan.strategy} promoted: ${event.cause}`);
      if (event.type === 'rollout.rolled_back') seen.add(`${plan.strategy} rolled back`);
      if (event.type === 'release.failed') seen.add(`${plan.strategy} failed`);
      if (event.type === 'rollout.step') seen.add(`${plan.strategy} ${event.step.kind}`);
    }

  it('reach every event', () => {
    expect([...seen]).toEqual(expect.arrayContaining(Object.keys(EVENTS)));
  });

  it('reach every cause of a rollback and of a promotion', () => {
    const causes = [
      ...Object.keys(ROLLBACKS).map((cause) => `rolled back: ${cause}`),
      ...Object.keys(PROMOTIONS).map((cause) => `promoted: ${cause}`),
    ];
    expect([...seen]).toEqual(expect.arrayContaining(causes));
  });

  it('reach every end of every strategy', () => {
    const ends = Object.keys(STRATEGIES).flatMap((strategy) => [
      `${strategy} promoted: steps-passed`,
      `${strategy} rolled back`,
      `${strategy} failed`,
    ]);
    expect([...seen]).toEqual(expect.arrayContaining(ends));
  });

  it('reach every kind of step', () => {
    const kinds = ['setWeight', 'analysis', 'pause', 'setFlag', 'preview'].map((kind) => `canary ${kind}`);
    expect([...seen]).toEqual(expect.arrayContaining(kinds));
  });
});
