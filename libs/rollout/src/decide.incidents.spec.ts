import { ReleaseDriver, typesOf } from '../test/release-driver';
import { ERRORS, command, judged } from '../test/rollout-inputs';

describe('an incident that hits stable and canary alike', () => {
  it.each<[string, () => ReleaseDriver]>([
    ['an unconfirmed weight', () => ReleaseDriver.inTraffic()],
    ['an analysis', () => ReleaseDriver.inSteadyTraffic()],
    ['a pause', () => ReleaseDriver.inSteadyTraffic().send(command('pause'))],
  ])('is told in %s, and changes no weight', (_, reach) => {
    const release = reach();
    const { kind } = release.state.phase;
    const decision = release.decide(judged('incident', 1));
    expect(decision).toEqual({
      events: [
        expect.objectContaining({
          type: 'rollout.incident',
          weightPercent: 5,
          explanation: 'it is incident',
          evidence: [ERRORS],
        }),
      ],
      effects: [],
    });
    expect(release.state.phase.kind).toBe(kind);
  });

  it('is told again at the earliest after ten seconds', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('incident', 1));
    expect(typesOf(release.pass(9_999).decide(judged('incident', 1)))).toEqual([]);
    expect(typesOf(release.pass(1).decide(judged('incident', 1)))).toEqual(['rollout.incident']);
  });

  it('is counted, so that the evidence is gathered anew each time', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('incident', 1));
    expect(release.state.incidents).toBe(1);
    release.send(command('pause')).pass(10_000).send(judged('incident', 1));
    expect(release.state.incidents).toBe(2);
  });

  it('does not keep a step from passing on evidence that came after it', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('incident', 1));
    expect(typesOf(release.decide(judged('healthy', 1)))).toEqual(['step.passed', 'rollout.step']);
  });

  it('is no excuse for a breach', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('incident', 1));
    expect(typesOf(release.decide(judged('breached', 1)))).toEqual(['rollout.rolled_back']);
  });

  it('is none of a release without traffic', () => {
    for (const release of [new ReleaseDriver(), ReleaseDriver.in('deploying')])
      expect(typesOf(release.decide(judged('incident', 0)))).toEqual([]);
  });
});
