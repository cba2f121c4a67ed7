import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { planWith } from '../test/release-plan';
import { command, confirmed, judged, start, TICK } from '../test/rollout-inputs';
import { allAtOnceSteps } from './steps/presets';

const RELEASE_ID = planWith().releaseId;

describe('a rollback', () => {
  const inPhase: [string, () => ReleaseDriver][] = [
    ['an unconfirmed weight', () => ReleaseDriver.inTraffic()],
    ['an analysis', () => ReleaseDriver.inSteadyTraffic()],
    ['a pause', () => ReleaseDriver.inSteadyTraffic().send(command('pause'))],
  ];

  it.each(inPhase)('follows a breach in %s, with weight 0 as the first effect', (_, reach) => {
    const decision = reach().decide(judged('breached', 1));
    expect(decision.events).toEqual([
      expect.objectContaining({
        type: 'rollout.rolled_back',
        stableVersion: '1.0.0',
        cause: 'breach',
        reason: 'it is breached',
        evidence: judged('breached', 1).evidence,
        weightPercent: 5,
        changesTraffic: true,
      }),
    ]);
    expect(decision.effects).toEqual([
      { kind: 'set-weight', key: `${RELEASE_ID}:set-weight:zero`, weights: { elsewhere: 0, markets: {} } },
    ]);
  });

  it.each(inPhase)('follows a failed workload in %s', (_, reach) => {
    const decision = reach().decide({ kind: 'workloadFailed', reason: 'crash loop' });
    expect(typesOf(decision)).toEqual(['workload.failed', 'rollout.rolled_back']);
    expect(decision.effects[0]).toMatchObject({ kind: 'set-weight', weights: { elsewhere: 0 } });
  });

  it.each(inPhase)('follows an operator’s abort in %s', (_, reach) => {
    const decision = reach().decide(command('abort'));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'rollout.rolled_back', cause: 'operator', actor: 'anna' }),
    ]);
  });

  it('follows a breach judged for a step that is over', () => {
    const release = ReleaseDriver.inStep(3);
    expect(typesOf(release.decide(judged('breached', 1)))).toEqual(['rollout.rolled_back']);
  });

  it('does not follow the failed preview of a step that is none', () => {
    const release = ReleaseDriver.inTraffic();
    expect(typesOf(release.decide({ kind: 'previewFailed', reason: 'late' }))).toEqual([]);
  });

  it('knows when the gateways had switched', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('breached', 1)).pass(400);
    release.send(confirmed(0));
    expect(release.state.phase).toMatchObject({ switchedAt: null });
    release.send(confirmed(null));
    expect(release.state.phase).toMatchObject({ kind: 'rolled-back', switchedAt: release.now });
    expect(typesOf(release.pass(1).decide(confirmed(null)))).toEqual([]);
  });

  it('takes the confirmation of weight 0 for nothing while there is traffic', () => {
    expect(typesOf(ReleaseDriver.inTraffic().decide(confirmed(null)))).toEqual([]);
  });
});

describe('a release that puts an earlier version back', () => {
  const back = planWith({ strategy: 'rollback', version: '0.9.0', steps: allAtOnceSteps() });

  it('is deployed at once, without staging, tests, approvals or migrations: it has been proven before', () => {
    const release = new ReleaseDriver({ ...back, approvalsRequired: 2 });
    expect(kindsOf(release.decide(start()))).toEqual(['deploy-production']);
    release.finish();
    expect(release.effectKinds).toEqual(['deploy-production', 'set-weight', 'promote-traffic']);
    expect(release.state.phase.kind).toBe('promoted');
  });

  it('fails when its workload is not ready in time, and leaves traffic where it is', () => {
    const release = ReleaseDriver.in('deploying', back).pass(10_000).send(TICK);
    expect(release.state.phase).toMatchObject({ kind: 'failed' });
    expect(release.effectKinds).toEqual(['deploy-production', 'retire-workload']);
  });

  it('waits for the end of no freeze', () => {
    const freeze = { name: 'the jackpot', until: 9e12 };
    const release = ReleaseDriver.in('deploying', back).send({ kind: 'freeze', freeze });
    expect(release.state.freeze).toBeNull();
    expect(release.finish().state.phase.kind).toBe('promoted');
  });

  it('retires the version that it replaces', () => {
    const release = ReleaseDriver.inTraffic(back).finish().send(confirmed(null)).pass(30_000);
    expect(release.decide(TICK).effects).toMatchObject([{ kind: 'retire-workload', version: '1.0.0' }]);
  });
});
