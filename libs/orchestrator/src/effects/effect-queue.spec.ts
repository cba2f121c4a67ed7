import type { Effect } from '@croupier/rollout';
import { releaseId } from '../../test/release-plan';
import type { PendingEffect } from '../ports/release-store';
import { EffectQueue } from './effect-queue';

type PlainKind = 'deploy-staging' | 'run-tests' | 'stop-staging' | 'promote-traffic';

function pending(of: number, sequence: number, kind: PlainKind): PendingEffect {
  return { releaseId: releaseId(of), sequence, effect: { kind, key: `${of}:${kind}` } };
}

function weight(of: number, sequence: number, percent: number): PendingEffect {
  const effect: Effect = {
    kind: 'set-weight',
    key: `${of}:set-weight:${percent}`,
    weights: { elsewhere: percent, markets: {} },
  };
  return { releaseId: releaseId(of), sequence, effect };
}

describe('the queue of effects', () => {
  it('gives the first of each release, in the order of their sequence and not of their arrival', () => {
    const queue = new EffectQueue();
    queue.add([pending(1, 7, 'run-tests'), pending(1, 4, 'deploy-staging'), pending(2, 9, 'stop-staging')]);
    expect(queue.nextOutside()).toEqual([pending(1, 4, 'deploy-staging'), pending(2, 9, 'stop-staging')]);
    queue.finished(pending(1, 4, 'deploy-staging'));
    expect(queue.nextOutside()).toEqual([pending(1, 7, 'run-tests'), pending(2, 9, 'stop-staging')]);
  });

  it('lets traffic wait for no workload, nor a workload for traffic', () => {
    const queue = new EffectQueue();
    queue.add([pending(1, 1, 'deploy-staging'), weight(1, 2, 5), pending(1, 3, 'stop-staging')]);
    expect(queue.traffic()).toEqual([weight(1, 2, 5)]);
    expect(queue.nextOutside()).toEqual([pending(1, 1, 'deploy-staging')]);
  });

  it('gives all that changes traffic at once, in order', () => {
    const queue = new EffectQueue();
    const promotion = pending(2, 3, 'promote-traffic');
    queue.add([weight(1, 4, 0), weight(1, 2, 5), promotion]);
    expect(queue.traffic()).toEqual([weight(1, 2, 5), promotion, weight(1, 4, 0)]);
  });

  it('knows whose traffic is not yet as decided', () => {
    const queue = new EffectQueue();
    queue.add([weight(1, 1, 5), pending(2, 2, 'deploy-staging')]);
    expect([1, 2, 3].map((of) => queue.hasTraffic(releaseId(of)))).toEqual([true, false, false]);
    queue.finished(weight(1, 1, 5));
    expect(queue.hasTraffic(releaseId(1))).toBe(false);
  });

  it('never brings back what is done, though a slow reader has seen it undone', () => {
    const queue = new EffectQueue();
    queue.add([pending(1, 1, 'deploy-staging')]);
    queue.finished(pending(1, 1, 'deploy-staging'));
    queue.add([pending(1, 1, 'deploy-staging'), pending(1, 2, 'run-tests')]);
    expect(queue.nextOutside()).toEqual([pending(1, 2, 'run-tests')]);
  });

  it('knows what is done even when it has never seen it undone', () => {
    const queue = new EffectQueue();
    queue.finished(pending(1, 1, 'deploy-staging'));
    queue.add([pending(1, 1, 'deploy-staging')]);
    expect(queue.has(releaseId(1))).toBe(false);
  });

  it('holds an effect once, however often it is read', () => {
    const queue = new EffectQueue();
    for (let turn = 0; turn < 3; turn += 1) queue.add([pending(1, 1, 'deploy-staging')]);
    queue.finished(pending(1, 1, 'deploy-staging'));
    expect(queue.has(releaseId(1))).toBe(false);
  });

  it('has a release as long as anything is left to do for it', () => {
    const queue = new EffectQueue();
    queue.add([pending(1, 1, 'deploy-staging'), weight(1, 2, 5)]);
    queue.finished(pending(1, 1, 'deploy-staging'));
    expect(queue.has(releaseId(1))).toBe(true);
    queue.finished(weight(1, 2, 5));
    expect(queue.has(releaseId(1))).toBe(false);
  });

  it('begins anew with a release that it has forgotten: others may have done and undone', () => {
    const queue = new EffectQueue();
    queue.add([pending(1, 1, 'deploy-staging'), weight(1, 2, 5)]);
    queue.finished(pending(1, 1, 'deploy-staging'));
    queue.forget(releaseId(1));
    expect(queue.traffic()).toEqual([]);
    queue.add([pending(1, 1, 'deploy-staging')]);
    expect(queue.nextOutside()).toEqual([pending(1, 1, 'deploy-staging')]);
  });
});
