import { judge, type JudgePolicy, type MetricTallies } from './judge';

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

  it('splits alpha over the metrics and leaves beta whole', () => {
    const [metric] = judge(policy, {}).metrics;
    expect(metric?.breachThreshold).toBeCloseTo(Math.log(2 / 0.001), 12);
    expect(metric?.healthThreshold).toBeCloseTo(Math.log(1 / 0.05), 12);
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
  ])('refuses a policy with $wrong', ({ wrong, field }) => {
    const refused = (): unknown => judge({ ...policy, ...wrong }, {});
    expect(refused).toThrow(RangeError);
    expect(refused).toThrow(new RegExp(`^${field} must`));
  });
});
