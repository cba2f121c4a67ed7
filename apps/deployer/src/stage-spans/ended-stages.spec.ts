import { stagesEndedBy, type SpannedEntry } from './ended-stages';

/** One entry a second. */
function timeline(...entries: readonly [type: string, data?: object][]): SpannedEntry[] {
  return entries.map(([type, data = {}], index) => ({
    ...{ type, at: index * 1_000, summary: `${type}.`, data },
  }));
}

/** What is told while the release goes on, entry after entry. */
function toldOf(whole: readonly SpannedEntry[]): [name: string, startMs: number, endMs: number][] {
  return whole.flatMap((_, index) =>
    stagesEndedBy(whole.slice(0, index + 1)).map(
      ({ name, startMs, endMs }) => [name, startMs, endMs] as const,
    ),
  ) as never;
}

const step = (stepIndex: number, kind: string) => ({ stepIndex, stepCount: 2, step: { kind } });

describe('the stages of a release that are over', () => {
  it('are each told once, up to the traffic that is dealt', () => {
    const whole = timeline(
      ['release.queued'],
      ['release.started', { leadsTo: 'staging' }],
      ['staging.deployed'],
      ['tests.passed'],
      ['release.staged'],
      ['migration.applied'],
      ['workload.ready'],
      ['rollout.step', step(0, 'setWeight')],
      ['weight.confirmed'],
      ['rollout.step', step(1, 'analysis')],
      ['step.passed'],
      ['rollout.promoted', { previousVersion: '1.0.0' }],
      ['weight.confirmed'],
      ['cache.invalidated'],
      ['workload.retired'],
    );
    expect(toldOf(whole)).toEqual([
      ['queue', 0, 1_000],
      ['staging', 1_000, 2_000],
      ['tests', 2_000, 4_000],
      ['migration', 4_000, 5_000],
      ['deployment', 5_000, 7_000],
      ['step 1 of 2: setWeight', 7_000, 9_000],
      ['step 2 of 2: analysis', 9_000, 11_000],
      ['promotion', 11_000, 12_000],
    ]);
  });

  it('tell why a release was rolled back', () => {
    const whole = timeline(
      ['rollout.step', step(0, 'setWeight')],
      ['rollout.rolled_back', { changesTraffic: true }],
      ['weight.confirmed'],
    );
    expect(stagesEndedBy(whole.slice(0, 2))).toMatchObject([
      { name: 'step 1 of 2: setWeight', fault: undefined },
    ]);
    expect(stagesEndedBy(whole)).toMatchObject([{ name: 'rollback', fault: 'rollout.rolled_back.' }]);
  });

  it('end at once where no traffic is to be dealt', () => {
    const byFlag = timeline(
      ['rollout.step', step(0, 'setFlag')],
      ['rollout.rolled_back', { changesTraffic: false }],
    );
    expect(toldOf(byFlag)).toEqual([
      ['step 1 of 2: setFlag', 0, 1_000],
      ['rollback', 1_000, 1_000],
    ]);
    expect(toldOf(timeline(['release.queued'], ['rollout.promoted', { previousVersion: null }]))).toEqual([
      ['queue', 0, 1_000],
      ['promotion', 1_000, 1_000],
    ]);
    expect(toldOf(timeline(['release.queued'], ['release.failed']))).toEqual([
      ['queue', 0, 1_000],
      ['failure', 1_000, 1_000],
    ]);
  });
});
