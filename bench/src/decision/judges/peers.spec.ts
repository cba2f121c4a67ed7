import { constant } from '../scenarios';
import { Trace } from '../trace';
import { traffic, WINDOWS_PER_MINUTE, WINDOWS_PER_SECOND, type FailureRates } from '../traffic';
import { argoRollouts } from './argo-rollouts';
import { flagger } from './flagger';
import { kayenta } from './kayenta';

const CLEAN: FailureRates = { errors: 0, slow: 0 };
const BROKEN: FailureRates = { errors: 1, slow: 0 };
const SLOW: FailureRates = { errors: 0, slow: 0.5 };
const minutes = (count: number): number => count * WINDOWS_PER_MINUTE;

function trace(canary: FailureRates, perSecond = 20): Trace {
  return new Trace(constant(perSecond, canary, CLEAN), 1);
}

/** Breaks in minutes `from` to `to` alone. */
function brokenBetween(from: number, to: number): Trace {
  const phase = { canaryPerSecond: 20, weight: 0.05, stable: CLEAN };
  return new Trace(
    traffic(
      { ...phase, fromSecond: 0, canary: from === 0 ? BROKEN : CLEAN },
      { ...phase, fromSecond: from * 60, canary: BROKEN },
      { ...phase, fromSecond: to * 60, canary: CLEAN },
    ),
    1,
  );
}

describe('Flagger', () => {
  it('rolls back after as many failed checks as its threshold, a minute each', () => {
    expect(flagger(1).decide(trace(BROKEN))).toEqual({ kind: 'rolled-back', window: minutes(1) });
    expect(flagger(5).decide(trace(BROKEN))).toEqual({ kind: 'rolled-back', window: minutes(5) });
    expect(flagger(1).decide(trace(SLOW))).toEqual({ kind: 'rolled-back', window: minutes(1) });
  });

  it('promotes after five passed checks, and a failed one delays that', () => {
    expect(flagger(1).decide(trace(CLEAN))).toEqual({ kind: 'promoted', window: minutes(5) });
    expect(flagger(5).decide(brokenBetween(1, 3))).toEqual({ kind: 'promoted', window: minutes(7) });
  });

  it('takes a minute without requests for a failed check', () => {
    expect(flagger(5).decide(trace(CLEAN, 0))).toEqual({ kind: 'rolled-back', window: minutes(5) });
  });
});

describe('Argo Rollouts', () => {
  it('has nothing to measure at first, and rolls back on what it sees ten seconds later', () => {
    expect(argoRollouts.decide(trace(BROKEN))).toEqual({
      kind: 'rolled-back',
      window: 10 * WINDOWS_PER_SECOND,
    });
    expect(argoRollouts.decide(trace(SLOW))).toEqual({
      kind: 'rolled-back',
      window: 10 * WINDOWS_PER_SECOND,
    });
  });

  it('measures again every minute', () => {
    const seventy = 70 * WINDOWS_PER_SECOND;
    expect(argoRollouts.decide(brokenBetween(1, 2))).toEqual({ kind: 'rolled-back', window: seventy });
  });

  it('promotes after its steps', () => {
    expect(argoRollouts.decide(trace(CLEAN))).toEqual({ kind: 'promoted', window: minutes(5) });
  });

  it('gives up after five measurements in a row without result', () => {
    expect(argoRollouts.decide(trace(CLEAN, 0))).toEqual({
      kind: 'rolled-back',
      window: 40 * WINDOWS_PER_SECOND,
    });
  });
});

describe('Kayenta', () => {
  it('fails a canary whose metric is higher than the baseline, in its first run', () => {
    expect(kayenta.decide(trace({ errors: 0.05, slow: 0 }))).toEqual({
      kind: 'rolled-back',
      window: minutes(60),
    });
    expect(kayenta.decide(trace(SLOW))).toEqual({ kind: 'rolled-back', window: minutes(60) });
  });

  it('promotes a canary like its baseline after three runs', () => {
    const same = { errors: 0.01, slow: 0.05 };
    expect(kayenta.decide(new Trace(constant(20, same, same), 1))).toEqual({
      kind: 'promoted',
      window: minutes(180),
    });
  });

  it('fails without data', () => {
    expect(kayenta.decide(trace(CLEAN, 0))).toEqual({ kind: 'rolled-back', window: minutes(60) });
  });
});
