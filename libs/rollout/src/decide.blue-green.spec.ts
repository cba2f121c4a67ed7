import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { LOOK, planWith } from '../test/release-plan';
import { command, confirmed, judged, TICK } from '../test/rollout-inputs';
import type { RolloutInput } from './input';
import { currentWeight } from './standing';
import { blueGreenSteps } from './steps/presets';

const SWITCH = planWith({ strategy: 'blue-green', steps: blueGreenSteps(LOOK, { approval: false }) });
const APPROVED_SWITCH = planWith({
  strategy: 'blue-green',
  steps: blueGreenSteps(LOOK, { approval: true }),
});
const PASSED: RolloutInput = { kind: 'previewPassed', checks: ['health', 'spin'] };
const FAILED: RolloutInput = { kind: 'previewFailed', reason: 'spin answered 500' };

describe('a blue-green release', () => {
  it('checks green without traffic, switches to it at once, judges it and promotes it', () => {
    const release = ReleaseDriver.inTraffic(SWITCH).finish();
    expect(release.effects.slice(-3)).toEqual([
      { kind: 'run-preview', key: `${SWITCH.releaseId}:run-preview:0` },
      {
        kind: 'set-weight',
        key: `${SWITCH.releaseId}:set-weight:1`,
        weights: { elsewhere: 100, markets: {} },
      },
      { kind: 'promote-traffic', key: `${SWITCH.releaseId}:promote-traffic` },
    ]);
    expect(release.events.at(-1)).toMatchObject({ type: 'rollout.promoted', cause: 'steps-passed' });
  });

  it('gives green no traffic during its preview', () => {
    const release = ReleaseDriver.inTraffic(SWITCH);
    expect(currentWeight(release.state)).toBe(0);
    expect(typesOf(release.decide(judged('healthy', 0)))).toEqual([]);
  });

  it('tells what the preview has found', () => {
    const decision = ReleaseDriver.inTraffic(SWITCH).pass(700).decide(PASSED);
    expect(decision.events[0]).toMatchObject({
      type: 'step.passed',
      requests: null,
      elapsedMs: 700,
      explanation: 'it answers without traffic: health, spin',
    });
  });

  it('takes the news of a preview once', () => {
    const release = ReleaseDriver.inTraffic(SWITCH).send(PASSED);
    expect(release.decide(PASSED)).toEqual({ events: [], effects: [] });
    expect(release.decide(FAILED)).toEqual({ events: [], effects: [] });
  });

  it('is rolled back when its preview fails, paused or not', () => {
    for (const release of [
      ReleaseDriver.inTraffic(SWITCH),
      ReleaseDriver.inTraffic(SWITCH).send(command('pause')),
    ]) {
      release.send(FAILED);
      expect(release.events.at(-1)).toMatchObject({
        type: 'rollout.rolled_back',
        cause: 'preview-failed',
        reason: 'spin answered 500',
        weightPercent: 0,
      });
    }
  });

  it('is held when its preview does not end in time', () => {
    const decision = ReleaseDriver.inTraffic(SWITCH).pass(10_000).decide(TICK);
    expect(decision.events).toEqual([
      expect.objectContaining({
        type: 'rollout.held',
        explanation: 'the checks without traffic have not ended',
      }),
    ]);
  });

  it('switches only when somebody approves, where that is asked for', () => {
    const release = ReleaseDriver.inStep(1, APPROVED_SWITCH).pass(1_000_000_000);
    expect(typesOf(release.decide(TICK))).toEqual([]);
    const decision = release.decide(command('approve'));
    expect(typesOf(decision)).toEqual(['step.approved', 'rollout.step']);
    expect(kindsOf(decision)).toEqual(['set-weight']);
  });

  it('goes back to blue, which has been kept, when green is unhealthy after the switch', () => {
    const release = ReleaseDriver.inStep(2, SWITCH).send(judged('breached', 2));
    expect(release.effects.at(-1)).toMatchObject({ kind: 'set-weight', weights: { elsewhere: 0 } });
    expect(release.effectKinds).not.toContain('retire-workload');
  });

  it('keeps blue for the open sessions after the promotion', () => {
    const release = ReleaseDriver.inTraffic(SWITCH).finish().send(confirmed(null));
    expect(typesOf(release.pass(29_999).decide(TICK))).toEqual([]);
    expect(release.pass(1).decide(TICK).effects).toMatchObject([{ version: '1.0.0' }]);
  });

  it('takes no confirmation of the switch for the preview', () => {
    expect(typesOf(ReleaseDriver.inTraffic(SWITCH).decide(confirmed(0)))).toEqual([]);
  });
});
