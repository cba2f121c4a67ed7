import { judge, type JudgePolicy } from './judge';
import { marginOf, type MetricTallies } from './metric-evidence';
import { advanceRelative, NOT_COMPARED, type RelativeState } from './relative-test';
import type { Tally } from './tally';

const policy: JudgePolicy = {
  metrics: [
    { name: 'error-rate', nullRate: 0.01 },
    { name: 'latency-p95', nullRate: 0.05 },
  ],
  alpha: 0.001,
  beta: 0.05,
};

function both(trials: number, failures: number): MetricTallies {
  return { rollout: { trials, failures }, step: { trials, failures } };
}

const clean = both(1000, 0);
const failing = both(812, 25);
const open = both(100, 1);

describe('judge', () => {
  it('calls a canary breached when one metric is surely over its limit', () => {
    expect(judge(policy, { 'error-rate': failing, 'latency-p95': clean }).kind).toBe('breached');
  });

  it('calls a step healthy only when every metric is surely under its limit', () => {
    expect(judge(policy, { 'error-rate': clean, 'latency-p95': clean }).kind).toBe('healthy');
    expect(judge(policy, { 'error-rate': clean, 'latency-p95': open }).kind).toBe('undecided');
  });

  it('looks for a breach over the whole rollout, and for health within the step', () => {
    const recovered = { rollout: { trials: 812, failures: 25 }, step: { trials: 400, failures: 0 } };
    const untried = { rollout: { trials: 1000, failures: 0 }, step: { trials: 10, failures: 0 } };
    expect(judge(policy, { 'error-rate': recovered, 'latency-p95': clean }).kind).toBe('breached');
    expect(judge(policy, { 'error-rate': untried, 'latency-p95': clean }).kind).toBe('undecided');
  });

  it('decides nothing without telemetry', () => {
    expect(judge(policy, {}).kind).toBe('undecided');
    expect(judge(policy, { 'error-rate': clean }).kind).toBe('undecided');
  });

  it('calls a healthy canary breached once its budget is spent', () => {
    const spent = { failedRequests: 3, playersTouched: 500 };
    const tallies = { 'error-rate': clean, 'latency-p95': clean };
    const { kind, blastRadius } = judge({ ...policy, budget: { playersTouched: 500 } }, tallies, spent);
    expect(kind).toBe('breached');
    expect(blastRadius.kind).toBe('spent');
  });

  it('shows the evidence of each metric in the order of the policy', () => {
    const { metrics } = judge(policy, { 'latency-p95': clean, 'error-rate': failing });
    expect(metrics.map(({ name }) => name)).toEqual(['error-rate', 'latency-p95']);
    expect(metrics[0]).toMatchObject({ trials: 812, failures: 25, observedRate: 25 / 812, nullRate: 0.01 });
  });

  it('splits alpha over the metrics and their two tests, and leaves beta whole', () => {
    const compared = { ...open, stable: open.rollout, relative: NOT_COMPARED };
    const [metric] = judge(policy, { 'error-rate': compared }).metrics;
    expect(metric?.breachThreshold).toBeCloseTo(Math.log(2 / 0.00075), 12);
    expect(metric?.relativeThreshold).toBeCloseTo(Math.log(2 / 0.00025), 12);
    expect(metric?.healthThreshold).toBeCloseTo(Math.log(1 / 0.05), 12);
    expect(metric?.incidentThreshold).toBeCloseTo(Math.log(1 / 0.05), 12);
  });

  it('takes a map as well as a record', () => {
    const tallies = { 'error-rate': failing, 'latency-p95': open };
    expect(judge(policy, new Map(Object.entries(tallies)))).toEqual(judge(policy, tallies));
  });

  it('does not take what every object inherits for a tally', () => {
    const inherited = { ...policy, metrics: [{ name: 'constructor', nullRate: 0.01 }] };
    expect(judge(inherited, {}).kind).toBe('undecided');
  });

  it.each([
    { wrong: { alpha: 0 }, field: 'alpha' },
    { wrong: { beta: 1 }, field: 'beta' },
    { wrong: { metrics: [] }, field: 'metrics' },
    { wrong: { metrics: [{ name: 'error-rate', nullRate: 1 }] }, field: 'nullRate' },
    { wrong: { metrics: [{ name: 'error-rate', nullRate: 0.01, margin: -0.1 }] }, field: 'margin' },
  ])('refuses a policy with $wrong', ({ wrong, field }) => {
    const refused = (): unknown => judge({ ...policy, ...wrong }, {});
    expect(refused).toThrow(RangeError);
    expect(refused).toThrow(new RegExp(`^${field} must`));
  });
});

describe('judge beside stable', () => {
  const [errors] = policy.metrics;
  const ERRORS_ALONE: JudgePolicy = { ...policy, metrics: [errors!] };

  /** Both versions' counts in as many blocks of one size. */
  function compared(canary: Tally, stable: Tally, blocks = 10): MetricTallies {
    const share = ({ trials, failures }: Tally): Tally => ({
      trials: trials / blocks,
      failures: failures / blocks,
    });
    const block = { canary: share(canary), stable: share(stable) };
    let relative: RelativeState = NOT_COMPARED;
    for (let turn = 0; turn < blocks; turn += 1)
      relative = advanceRelative(relative, block, { margin: marginOf(errors!) });
    return { rollout: canary, step: canary, stable, relative };
  }

  function verdictOn(canary: Tally, stable: Tally, budget = {}, failedRequests = 0): string {
    const spent = { failedRequests, playersTouched: 0 };
    return judge({ ...ERRORS_ALONE, budget }, { 'error-rate': compared(canary, stable) }, spent).kind;
  }

  it('rolls a regression back that stays under the limit', () => {
    const canary = { trials: 40_000, failures: 360 };
    expect(verdictOn(canary, { trials: 400_000, failures: 400 })).toBe('breached');
    expect(judge(ERRORS_ALONE, { 'error-rate': both(40_000, 360) }).kind).not.toBe('breached');
  });

  it('passes a canary that is worse by less than the margin', () => {
    expect(verdictOn({ trials: 100_000, failures: 400 }, { trials: 1_000_000, failures: 1000 })).toBe(
      'healthy',
    );
  });

  it('calls failures that hit both versions an incident', () => {
    expect(verdictOn({ trials: 100, failures: 40 }, { trials: 2000, failures: 800 })).toBe('incident');
  });

  it('blames the canary in an incident that hits it harder', () => {
    expect(verdictOn({ trials: 400, failures: 320 }, { trials: 4000, failures: 400 })).toBe('breached');
  });

  it('blames the canary alone for failures that stable does not have', () => {
    expect(verdictOn({ trials: 100, failures: 20 }, { trials: 2000, failures: 0 })).toBe('breached');
  });

  it('calls an incident breached once the budget is spent', () => {
    const [canary, stable] = [
      { trials: 100, failures: 40 },
      { trials: 2000, failures: 800 },
    ];
    expect(verdictOn(canary, stable, { failedRequests: 40 }, 40)).toBe('breached');
  });

  it('does not call a step healthy while another metric has an incident', () => {
    const hit = compared({ trials: 100, failures: 40 }, { trials: 2000, failures: 800 });
    expect(judge(policy, { 'error-rate': hit, 'latency-p95': clean }).kind).toBe('incident');
    expect(judge(policy, { 'error-rate': hit, 'latency-p95': both(812, 150) }).kind).toBe('breached');
  });

  it('shows what it compared, and nothing of it when it did not', () => {
    const [metric] = judge(ERRORS_ALONE, {
      'error-rate': compared({ trials: 100, failures: 20 }, { trials: 2000, failures: 0 }),
    }).metrics;
    expect(metric).toMatchObject({ stableTrials: 2000, stableFailures: 0, margin: 0.005 });
    expect(judge(ERRORS_ALONE, { 'error-rate': clean }).metrics[0]).not.toHaveProperty('margin');
  });
});
