import { breachLogEvidence } from './breach-test';
import { healthLogEvidence } from './health-test';
import { judge, type JudgePolicy } from './judge';

const STREAMS = 4000;
const TRIALS = 2000;
const LEVEL = 0.05;

// Taken from the global object once: each look at it costs a microsecond inside jest's sandbox.
const { imul } = Math;

/** Mulberry32, so that every run sees the same streams. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Share of streams for which `alarms` was true after any of their trials. */
function alarmedShare(
  rate: number,
  seed: number,
  alarms: (trials: number, failures: number) => boolean,
): number {
  const random = seeded(seed);
  let alarmed = 0;
  for (let stream = 0; stream < STREAMS; stream += 1) {
    let failures = 0;
    for (let trials = 1; trials <= TRIALS; trials += 1) {
      if (random() < rate) failures += 1;
      if (!alarms(trials, failures)) continue;
      alarmed += 1;
      break;
    }
  }
  return alarmed / STREAMS;
}

/** After n trials, the fewest failures that breach; evidence grows with failures, so the streams need only count. */
function breachBoundary(nullRate: number): number[] {
  const boundary = [1];
  for (let trials = 1, failures = 0; trials <= TRIALS; trials += 1) {
    const breached = (): boolean => breachLogEvidence({ trials, failures }, { nullRate }) >= -Math.log(LEVEL);
    while (failures < trials && !breached()) failures += 1;
    boundary.push(breached() ? failures : Infinity);
  }
  return boundary;
}

/** After n trials, the most failures that still pass. */
function healthBoundary(nullRate: number): number[] {
  const boundary = [-1];
  for (let trials = 1, failures = 0; trials <= TRIALS; trials += 1) {
    const passes = (): boolean => healthLogEvidence({ trials, failures }, { nullRate }) >= -Math.log(LEVEL);
    while (failures < trials && passes()) failures += 1;
    boundary.push(passes() ? failures : failures - 1);
  }
  return boundary;
}

describe('looking after every request', () => {
  it('alarms falsely on no more than alpha of the streams that fail at the limit', () => {
    const boundary = breachBoundary(0.05);
    const share = alarmedShare(0.05, 1, (trials, failures) => failures >= (boundary[trials] ?? Infinity));
    expect(share).toBeGreaterThan(LEVEL / 5);
    expect(share).toBeLessThanOrEqual(LEVEL);
  });

  it('alarms on almost no stream that fails at half the limit', () => {
    const boundary = breachBoundary(0.05);
    const share = alarmedShare(0.025, 2, (trials, failures) => failures >= (boundary[trials] ?? Infinity));
    expect(share).toBeLessThanOrEqual(LEVEL / 10);
  });

  it('passes falsely no more than beta of the streams that fail at the limit', () => {
    const boundary = healthBoundary(0.05);
    const share = alarmedShare(0.05, 3, (trials, failures) => failures <= (boundary[trials] ?? -1));
    expect(share).toBeGreaterThan(LEVEL / 5);
    expect(share).toBeLessThanOrEqual(LEVEL);
  });
});

describe('judging after every window', () => {
  it('rolls back no more than alpha of the rollouts whose every metric is at its limit', () => {
    const rollouts = 500;
    const windows = 30;
    const windowRequests = 25;
    const policy: JudgePolicy = {
      metrics: [
        { name: 'error-rate', nullRate: 0.01 },
        { name: 'latency-p95', nullRate: 0.05 },
      ],
      alpha: LEVEL,
      beta: LEVEL,
    };
    const random = seeded(4);
    const count = (rate: number): number =>
      Array.from({ length: windowRequests }, random).filter((draw) => draw < rate).length;

    let rolledBack = 0;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      let [errors, slow] = [0, 0];
      for (let window = 1; window <= windows; window += 1) {
        errors += count(0.01);
        slow += count(0.05);
        const trials = window * windowRequests;
        const failed = { trials, failures: errors };
        const late = { trials, failures: slow };
        const verdict = judge(policy, {
          'error-rate': { rollout: failed, step: failed },
          'latency-p95': { rollout: late, step: late },
        });
        if (verdict.kind !== 'breached') continue;
        rolledBack += 1;
        break;
      }
    }
    expect(rolledBack / rollouts).toBeLessThanOrEqual(LEVEL);
  });
});
