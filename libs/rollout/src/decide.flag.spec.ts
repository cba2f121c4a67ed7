import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { LOOK, planWith } from '../test/release-plan';
import { command, confirmed, freeze, judged, start, THAW, TICK } from '../test/rollout-inputs';
import type { RolloutInput } from './input';
import { judgedVersion } from './plan';
import { currentWeight } from './standing';
import { flagSteps } from './steps/presets';

const BY_FLAG = planWith({ strategy: 'flag', steps: flagSteps(LOOK, ['bonus', 'jackpot']) });
const BONUS_SET: RolloutInput = { kind: 'flagSet', flag: 'bonus', enabled: true };
const JACKPOT_SET: RolloutInput = { kind: 'flagSet', flag: 'jackpot', enabled: true };

describe('a release by flag', () => {
  it('deploys nothing: its first flag is set as soon as it starts', () => {
    const release = new ReleaseDriver(BY_FLAG);
    const decision = release.decide(start());
    expect(typesOf(decision)).toEqual(['release.started', 'rollout.started', 'rollout.step']);
    expect(decision.effects).toEqual([
      { kind: 'set-flag', key: `${BY_FLAG.releaseId}:set-flag:0`, flag: 'bonus', enabled: true },
    ]);
  });

  it('judges each flag before the next is turned on, and never touches traffic or workloads', () => {
    const release = ReleaseDriver.inTraffic(BY_FLAG).finish();
    expect(release.effectKinds).toEqual(['set-flag', 'set-flag']);
    expect(release.eventTypes.slice(3)).toEqual([
      'rollout.step',
      'flag.set',
      'rollout.step',
      'step.passed',
      'rollout.step',
      'flag.set',
      'rollout.step',
      'step.passed',
      'rollout.promoted',
    ]);
    expect(currentWeight(release.state)).toBe(100);
  });

  it('goes on only once the flag is what the step asks for', () => {
    const release = ReleaseDriver.inTraffic(BY_FLAG);
    expect(release.decide({ kind: 'flagSet', flag: 'bonus', enabled: false }).events).toEqual([]);
    expect(typesOf(release.decide(BONUS_SET))).toEqual(['flag.set', 'rollout.step']);
  });

  it('has nothing to retire at its end', () => {
    const promoted = ReleaseDriver.inTraffic(BY_FLAG).finish();
    expect(promoted.events.at(-1)).toMatchObject({ previousVersion: null });
    const rolledBack = ReleaseDriver.inTraffic(BY_FLAG).send(judged('breached', 0));
    for (const release of [promoted, rolledBack]) {
      expect(release.state.phase).toMatchObject({ retired: true });
      expect(release.pass(1_000_000).decide(TICK)).toEqual({ events: [], effects: [] });
    }
  });

  it('is rolled back without an effect on traffic, and switched at once', () => {
    const release = ReleaseDriver.inStep(1, BY_FLAG);
    const decision = release.decide(judged('breached', 1));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'rollout.rolled_back', cause: 'breach', changesTraffic: false }),
    ]);
    expect(decision.effects).toEqual([]);
    expect(release.state.phase).toMatchObject({ kind: 'rolled-back', switchedAt: release.now });
    expect(typesOf(release.decide(confirmed(null)))).toEqual([]);
  });

  it('takes the news of its own flag alone, and once', () => {
    const release = ReleaseDriver.inTraffic(BY_FLAG);
    for (const other of [JACKPOT_SET, confirmed(0), judged('healthy', 0)])
      expect(typesOf(release.decide(other))).toEqual([]);
    expect(typesOf(release.decide(BONUS_SET))).toEqual(['flag.set', 'rollout.step']);
    expect(typesOf(release.decide(BONUS_SET))).toEqual([]);
  });

  it('is held when the flag is not set in time', () => {
    expect(ReleaseDriver.inTraffic(BY_FLAG).pass(10_000).decide(TICK).events).toEqual([
      expect.objectContaining({
        type: 'rollout.held',
        explanation: 'the flag bonus is not known to be set',
      }),
    ]);
  });

  it('goes on only when resumed, when its flag is set during a pause', () => {
    const release = ReleaseDriver.inTraffic(BY_FLAG).send(command('pause'));
    expect(typesOf(release.decide(BONUS_SET))).toEqual(['flag.set']);
    expect(typesOf(release.decide(command('resume')))).toEqual(['rollout.resumed', 'rollout.step']);
  });

  it('fails without a stable version, whose flags it would set', () => {
    const release = new ReleaseDriver(BY_FLAG).send(start(null));
    expect(release.state.phase).toEqual({
      kind: 'failed',
      reason: 'there is no stable version whose flags could be set',
    });
  });

  it('may be of the version that is stable already, as it is that one which is judged', () => {
    const release = new ReleaseDriver(BY_FLAG).send(start('1.1.0'));
    expect(release.state.phase.kind).toBe('progressing');
    expect(judgedVersion(release.state.plan)).toBe('1.1.0');
    expect(judgedVersion(BY_FLAG)).toBe('1.0.0');
    expect(judgedVersion(planWith())).toBe('1.1.0');
  });

  it('does not turn a flag on while a freeze holds, and may turn one off', () => {
    const release = new ReleaseDriver(BY_FLAG).send(freeze());
    expect(typesOf(release.decide(start()))).toEqual(['release.started', 'rollout.waiting']);
    expect(kindsOf(release.decide(THAW))).toEqual(['set-flag']);

    const off = planWith({ strategy: 'flag', steps: [{ kind: 'setFlag', flag: 'bonus', enabled: false }] });
    expect(kindsOf(new ReleaseDriver(off).send(freeze()).decide(start()))).toEqual(['set-flag']);
  });
});
