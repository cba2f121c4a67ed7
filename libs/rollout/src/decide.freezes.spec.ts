import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { look, pauseFor, planWith, PREVIEW, weightOf } from '../test/release-plan';
import {
  awaited,
  command,
  confirmed,
  freeze,
  judged,
  SUPERSEDED,
  THAW,
  TICK,
  WEEKEND,
} from '../test/rollout-inputs';
import { wakeAt } from './standing';

/** Its next weight waits for the end of the weekend. */
function waiting(): ReleaseDriver {
  return ReleaseDriver.inSteadyTraffic().send(freeze(), judged('healthy', 1));
}

describe('a freeze', () => {
  it('is told when it begins, when it changes and when it ends, and once each', () => {
    const release = ReleaseDriver.inTraffic();
    const longer = { ...WEEKEND, until: WEEKEND.until + 1 };
    const told = [freeze(), freeze(), freeze(longer), freeze({ ...longer, name: 'jackpot' }), THAW, THAW].map(
      (input) => typesOf(release.decide(input)),
    );
    expect(told).toEqual([
      ['rollout.frozen'],
      [],
      ['rollout.frozen'],
      ['rollout.frozen'],
      ['rollout.thawed'],
      [],
    ]);
  });

  it('lets a healthy analysis pass, but no higher weight begin before its end', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(freeze());
    const decision = release.decide(judged('healthy', 1));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'step.passed', stepIndex: 1 }),
      expect.objectContaining({ type: 'rollout.waiting', freeze: WEEKEND }),
    ]);
    expect(decision.effects).toEqual([]);

    const thawed = release.decide(THAW);
    expect(typesOf(thawed)).toEqual(['rollout.thawed', 'rollout.step']);
    expect(kindsOf(thawed)).toEqual(['set-weight']);
  });

  it('passes a step once: time, verdicts and confirmations do nothing to one that waits', () => {
    const release = waiting().pass(1_000_000);
    for (const input of [TICK, judged('healthy', 1), judged('undecided', 1), confirmed(1)])
      expect(release.decide(input)).toEqual({ events: [], effects: [] });
    expect(wakeAt(release.state)).toBeNull();
    expect(release.decide(command('skip')).refusal).toEqual({
      reason: 'cannot skip a step of 1.1.0: it has passed, and waits for the end of a freeze',
    });
  });

  it('keeps a version that is ready out of traffic, for as long as it lasts', () => {
    const release = ReleaseDriver.in('deploying').send(freeze());
    const decision = release.decide({ kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' });
    expect(typesOf(decision)).toEqual(['workload.ready', 'rollout.waiting']);
    expect(decision.effects).toEqual([]);
    expect(typesOf(release.pass(1_000_000).decide(TICK))).toEqual([]);
    expect(typesOf(release.decide({ kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' }))).toEqual([]);
    expect(typesOf(release.decide(THAW))).toEqual(['rollout.thawed', 'rollout.started', 'rollout.step']);
  });

  it('that ends before the version is ready lets nothing begin', () => {
    for (const phase of ['queued', 'staging', 'testing', 'migrating', 'deploying'] as const)
      expect(typesOf(ReleaseDriver.in(phase).send(freeze()).decide(THAW))).toEqual(['rollout.thawed']);
  });

  it('that ends before the step has passed leaves the step to itself', () => {
    for (const stepIndex of [0, 1])
      expect(typesOf(ReleaseDriver.inStep(stepIndex).send(freeze()).decide(THAW))).toEqual([
        'rollout.thawed',
      ]);
  });

  it('keeps a first version waiting too', () => {
    const release = ReleaseDriver.in('deploying', planWith({ stableVersion: null })).send(freeze());
    release.send({ kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' });
    expect(release.effectKinds).not.toContain('promote-traffic');
    expect(typesOf(release.decide(THAW))).toEqual(['rollout.thawed', 'rollout.started', 'rollout.promoted']);
  });

  it('keeps no release from being staged, tested and migrated', () => {
    const release = new ReleaseDriver().send(freeze());
    for (const kind of ['staging', 'testing', 'migrating', 'deploying']) {
      release.send(awaited(release.state));
      expect(release.state.phase.kind).toBe(kind);
    }
  });

  it('lets a preview, a pause and an analysis begin: they give nobody anything new', () => {
    const plan = planWith({ steps: [PREVIEW, pauseFor(null), weightOf(100), look()] });
    const release = ReleaseDriver.in('deploying', plan).send(freeze());
    release.send({ kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' });
    expect(release.state.phase).toMatchObject({ kind: 'progressing', stepIndex: 0 });
    release.send({ kind: 'previewPassed', checks: [] });
    expect(release.state.phase).toMatchObject({ kind: 'progressing', stepIndex: 1 });
    expect(typesOf(release.decide(command('approve')))).toEqual(['step.approved', 'rollout.waiting']);

    const judging = ReleaseDriver.inTraffic().send(freeze());
    expect(typesOf(judging.decide(confirmed(0)))).toEqual(['weight.confirmed', 'rollout.step']);
  });

  it('lets an operator skip the step that passes, not the freeze', () => {
    const release = ReleaseDriver.inStep(1).send(freeze());
    expect(typesOf(release.decide(command('skip')))).toEqual(['step.skipped', 'rollout.waiting']);
  });

  it('lets a release be promoted by an operator, and by its last step', () => {
    expect(typesOf(waiting().decide(command('promote')))).toEqual(['rollout.promoted']);
    const release = ReleaseDriver.inStep(5).pass(1_000).send(freeze());
    expect(typesOf(release.decide(judged('healthy', 5)))).toEqual(['step.passed', 'rollout.promoted']);
  });

  it.each([
    ['a breach', judged('breached', 1)],
    ['an abort', command('abort')],
    ['a newer version', SUPERSEDED],
    ['a failed workload', { kind: 'workloadFailed', reason: 'exit 1' } as const],
  ])('keeps no rollback from happening: %s is one at once', (_, input) => {
    const release = waiting().send(input);
    expect(release.state.phase.kind).toBe('rolled-back');
    expect(release.effects.at(-1)).toMatchObject({ kind: 'set-weight', weights: { elsewhere: 0 } });
  });

  it('that ends during a pause is over when the rollout is resumed', () => {
    const release = waiting().send(command('pause'));
    expect(typesOf(release.decide(THAW))).toEqual(['rollout.thawed']);
    expect(typesOf(release.decide(command('resume')))).toEqual(['rollout.resumed', 'rollout.step']);
  });

  it('goes on holding a rollout that is resumed meanwhile', () => {
    const release = waiting().send(command('pause'));
    expect(typesOf(release.decide(command('resume')))).toEqual(['rollout.resumed', 'rollout.waiting']);
    expect(typesOf(release.decide(THAW))).toEqual(['rollout.thawed', 'rollout.step']);
  });

  it('means nothing to a release that has ended', () => {
    const release = ReleaseDriver.inTraffic().send(command('abort'));
    expect(release.decide(freeze())).toEqual({ events: [], effects: [] });
  });
});
