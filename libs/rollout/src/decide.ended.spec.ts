import { ReleaseDriver, typesOf } from '../test/release-driver';
import { planWith } from '../test/release-plan';
import { command, confirmed, judged, TICK } from '../test/rollout-inputs';
import type { CommandName } from './input';

const RELEASE_ID = planWith().releaseId;
const COMMANDS: readonly CommandName[] = ['abort', 'pause', 'resume', 'promote', 'skip', 'approve', 'reject'];

describe('the drain after a promotion', () => {
  it('retires the old version once its sessions have had their time, and once only', () => {
    const release = ReleaseDriver.inTraffic().finish().send(confirmed(null));
    expect(typesOf(release.pass(29_999).decide(TICK))).toEqual([]);
    expect(release.pass(1).decide(TICK).effects).toEqual([
      { kind: 'retire-workload', key: `${RELEASE_ID}:retire-workload:1.0.0`, version: '1.0.0' },
    ]);
    expect(release.decide(TICK)).toEqual({ events: [], effects: [] });
    expect(typesOf(release.decide({ kind: 'retired', version: '1.1.0' }))).toEqual([]);
    expect(typesOf(release.decide({ kind: 'retired', version: '1.0.0' }))).toEqual(['workload.retired']);
    expect(release.state.phase).toMatchObject({ kind: 'promoted', retired: true });
  });

  it('begins when every live gateway deals by the end: until then the old version gets new sessions', () => {
    const release = ReleaseDriver.inTraffic().finish().pass(1_000_000);
    expect(typesOf(release.decide(TICK))).toEqual([]);
    expect(typesOf(release.decide(confirmed(null)))).toEqual(['weight.confirmed']);
    expect(typesOf(release.pass(29_999).decide(TICK))).toEqual([]);
    expect(typesOf(release.pass(1).decide(TICK))).toEqual(['workload.retiring']);
  });

  it('tells of a workload that goes on because another release needs it', () => {
    const release = ReleaseDriver.inTraffic().finish().send(confirmed(null)).pass(30_000).send(TICK);
    const { events } = release.decide({ kind: 'retired', version: '1.0.0', kept: true });
    expect(events).toMatchObject([{ type: 'workload.retired', kept: true }]);
  });

  it('takes no news of a retirement that it has not asked for', () => {
    const release = ReleaseDriver.inTraffic().finish();
    expect(typesOf(release.decide({ kind: 'retired', version: '1.0.0' }))).toEqual([]);
  });
});

describe('the drain after a rollback', () => {
  it('retires the canary once its sessions have had their time', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('breached', 1), confirmed(null));
    release.pass(30_000).send(TICK);
    expect(release.effects.at(-1)).toMatchObject({ kind: 'retire-workload', version: '1.1.0' });
    release.send({ kind: 'retired', version: '1.1.0' });
    expect(release.state.phase).toMatchObject({ kind: 'rolled-back', retired: true });
  });
});

describe('after the end', () => {
  it.each<[string, () => ReleaseDriver]>([
    ['is promoted', () => ReleaseDriver.inTraffic().send(command('promote'))],
    ['is rolled back', () => ReleaseDriver.inTraffic().send(command('abort'))],
    ['has failed', () => new ReleaseDriver().send(command('abort'))],
  ])('refuses every command to a release that %s', (words, reach) => {
    const release = reach();
    const { kind } = release.state.phase;
    for (const name of COMMANDS)
      expect(release.decide(command(name))).toEqual({
        events: [],
        effects: [],
        refusal: { reason: `cannot ${name} 1.1.0: it ${words} already` },
      });
    expect(release.state.phase.kind).toBe(kind);
  });
});
