import { durationsOf } from './durations';
import type { ToldEvent } from './told-event';

const told = (second: number, type: string, data: ToldEvent['data'] = {}): ToldEvent => ({
  type,
  at: second * 1000,
  data,
});

const BEGUN = [
  told(0, 'release.queued'),
  told(5, 'release.started'),
  told(10, 'rollout.step', { step: { kind: 'setWeight' } }),
  told(11.5, 'weight.confirmed'),
  told(11.5, 'rollout.step', { step: { kind: 'analysis' } }),
];

describe('what a release has taken', () => {
  it('is nothing before there is anything', () => {
    expect(durationsOf([])).toEqual([]);
    expect(durationsOf(BEGUN.slice(0, 3))).toEqual([]);
  });

  it('is a switch, once every gateway deals by the step', () => {
    expect(durationsOf(BEGUN.slice(0, 4))).toEqual([{ kind: 'switch', cause: 'step', seconds: 1.5 }]);
  });

  it('is what a step took to gather its evidence', () => {
    const passed = told(40, 'step.passed', { requests: 500, elapsedMs: 28_500 });
    expect(durationsOf([...BEGUN, passed])).toEqual([{ kind: 'evidence', seconds: 28.5 }]);
  });

  it('is no evidence when a pause is over', () => {
    const passed = told(40, 'step.passed', { requests: null, elapsedMs: 28_500 });
    expect(durationsOf([...BEGUN, passed])).toEqual([]);
  });

  it('is the whole release, the rollout, and the detection of a breach', () => {
    const back = told(21.5, 'rollout.rolled_back', { cause: 'breach' });
    expect(durationsOf([...BEGUN, back])).toEqual([
      { kind: 'release', outcome: 'rolled-back', seconds: 21.5 },
      { kind: 'rollout', outcome: 'rolled-back', seconds: 11.5 },
      { kind: 'detection', seconds: 10 },
    ]);
    expect(durationsOf([...BEGUN, back, told(22, 'weight.confirmed')])).toEqual([
      { kind: 'switch', cause: 'rollback', seconds: 0.5 },
    ]);
  });

  it('is no detection when a person goes back', () => {
    const back = told(21.5, 'rollout.rolled_back', { cause: 'operator' });
    expect(durationsOf([...BEGUN, back]).map(({ kind }) => kind)).toEqual(['release', 'rollout']);
  });

  it('is no rollout when it failed before any traffic', () => {
    expect(durationsOf([...BEGUN.slice(0, 2), told(9, 'release.failed')])).toEqual([
      { kind: 'release', outcome: 'failed', seconds: 9 },
    ]);
  });

  it('is never negative, whichever clock told what', () => {
    expect(durationsOf([told(9, 'release.queued'), told(8, 'release.failed')])).toEqual([
      { kind: 'release', outcome: 'failed', seconds: 0 },
    ]);
  });
});
