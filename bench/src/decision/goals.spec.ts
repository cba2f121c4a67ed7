import { proportion } from './confidence';
import { drawingOf } from './drawing/drawing';
import { figuresOf } from './figures';
import { waldLimit } from './figures/detection-limit';
import type { PeerRollbacks } from './figures/false-rollbacks';
import type { Detection } from './figures/regressions';
import { detects, goalsOf } from './goals';
import { reached } from '../bench';
import type { DecisionReport } from './report';
import { CANARY_RATES, REGRESSIONS } from './scenarios';
import { tableOf } from './table';

const NEVER = proportion(0, 50_000);

function caught(badRequests: number, count = 200): Detection {
  return {
    rolledBack: proportion(count, 200),
    badRequests,
    medianRequests: 5 * badRequests,
    medianSeconds: 1,
  };
}

function peers(rolledBack = NEVER): PeerRollbacks {
  return { flagger1: rolledBack, flagger5: rolledBack, argo: rolledBack, kayenta: rolledBack };
}

/** A report in which everything is as it should be; the platform's judge lets 10 bad requests through, a peer 300. */
function report(changed: Partial<DecisionReport> = {}): DecisionReport {
  const rollbacks = CANARY_RATES.map((canaryPerSecond) => ({ canaryPerSecond, rolledBack: NEVER }));
  const byRate = new Map(CANARY_RATES.map((rate) => [rate as number, peers()]));
  const judges = {
    croupier: caught(1),
    flagger1: caught(30),
    flagger5: caught(30),
    argo: caught(30),
    kayenta: caught(30),
  };
  return {
    atLimit: rollbacks,
    atHalf: rollbacks,
    clean: rollbacks.map((kind) => ({ ...kind, promoted: proportion(500, 500), medianSeconds: 300 })),
    peers: { atLimit: byRate, atHalf: byRate, clean: byRate, trickle: peers() },
    detection: REGRESSIONS.map((kind) => ({ ...kind, limit: 100, requests: 130 })),
    cells: CANARY_RATES.flatMap((canaryPerSecond) =>
      REGRESSIONS.map((kind) => ({ ...kind, canaryPerSecond, judges })),
    ),
    incidents: [{ weight: 0.05, told: proportion(500, 500), blamed: NEVER, peersBlamed: peers() }],
    underLimit: { rolledBack: proportion(500, 500), medianRequests: 17_000 },
    trickle: NEVER,
    ...changed,
  };
}

function missedGoals(of: DecisionReport): string[] {
  return goalsOf(of)
    .filter((goal) => !reached(goal))
    .map(({ name }) => name);
}

describe('the goals of the decision bench', () => {
  it('are reached when everything is as it should be', () => {
    expect(missedGoals(report())).toEqual([]);
  });

  it('are not reached by too small a sample, however good it looks', () => {
    const few = CANARY_RATES.map((canaryPerSecond) => ({ canaryPerSecond, rolledBack: proportion(0, 1000) }));
    expect(missedGoals(report({ atLimit: few, atHalf: few }))).toEqual([
      'false rollbacks at the limit, upper end, over alpha',
      'false rollbacks at half the limit, upper end, over alpha / 10',
    ]);
  });

  it('want no bad canary missed', () => {
    const cells = report().cells.map((cell) => ({
      ...cell,
      judges: { ...cell.judges, croupier: caught(1, 199) },
    }));
    expect(missedGoals(report({ cells }))).toEqual([
      'missed regressions from twice the limit, upper end, over 0.1 %',
    ]);
  });

  it('hold against a peer what it lets through only where it leaves canaries at half the limit alone', () => {
    const quick = report().cells.map((cell) => ({ ...cell, judges: { ...cell.judges, argo: caught(0.5) } }));
    const worse = 'bad requests, ours over Argo Rollouts where it detects, worst';
    const jumpy = new Map(CANARY_RATES.map((rate) => [rate as number, peers(proportion(20, 1000))]));
    const cells = quick.map((cell) => (cell.canaryPerSecond === 200 ? report().cells[0]! : cell));
    expect(missedGoals(report({ cells: quick }))).toContain(worse);
    expect(missedGoals(report({ cells: quick, peers: { ...report().peers, atHalf: jumpy } }))).not.toContain(
      worse,
    );
    expect(detects(report({ cells }), cells[0]!, 'argo')).toBe(true);
  });

  it('count from the fewest requests that a test can do with', () => {
    expect(waldLimit({ fault: 'errors', share: 0.1 })).toBeCloseTo(47.8, 1);
    expect(waldLimit({ fault: 'slow', share: 0.5 })).toBeCloseTo(8.3, 1);
  });
});

describe('what the decision bench shows', () => {
  const nothingCaught = { ...caught(Number.NaN, 0), medianRequests: Number.NaN };
  const cells = report().cells.map((cell) => ({
    ...cell,
    judges: { ...cell.judges, kayenta: nothingCaught },
  }));

  it('leaves out what does not exist', () => {
    const figures = figuresOf(report({ cells }));
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
    expect(figures).not.toHaveProperty(['badRequests.errors10.rate200.kayenta']);
    expect(figures['badRequests.errors10.rate200.argo']).toBe(30);
    expect(drawingOf(report({ cells }))).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('names every bad canary in its table', () => {
    const table = tableOf(report({ cells }));
    expect(table).toMatch(/^10 % errors, 200\/s +1\.0 +30\.0 +30\.0 +30\.0 +never rolled back$/m);
    expect(table).toContain('Missed from twice the limit on: 0 of 4800 (95 %: 0 % to 0.077 %).');
  });
});
