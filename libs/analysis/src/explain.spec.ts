import { explain } from './explain';
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

function sentence(errors: MetricTallies, slow: MetricTallies, budget = {}, failedRequests = 0): string {
  const tallies = { 'error-rate': errors, 'latency-p95': slow };
  return explain(judge({ ...policy, budget }, tallies, { failedRequests, playersTouched: 0 }));
}

describe('explain', () => {
  it('names the metric that breached', () => {
    expect(sentence(both(812, 25), both(812, 0))).toBe(
      'error-rate 3.1 % of 812 requests is over 1.0 %: evidence e^9.3 against e^7.6 needed',
    );
  });

  it('names every metric that breached', () => {
    expect(sentence(both(812, 25), both(812, 150))).toBe(
      'error-rate 3.1 % of 812 requests is over 1.0 %: evidence e^9.3 against e^7.6 needed; ' +
        'latency-p95 18.5 % of 812 requests is over 5.0 %: evidence e^92.3 against e^7.6 needed',
    );
  });

  it('names a spent budget', () => {
    expect(sentence(both(812, 1), both(812, 3), { failedRequests: 5 }, 6)).toBe(
      'the budget of 5 failed requests is spent: 6 so far',
    );
  });

  it('shows the evidence that let a step pass', () => {
    expect(sentence(both(812, 0), both(812, 3))).toBe(
      'error-rate is under 1.0 %: evidence e^7.0 against e^3.0 needed; ' +
        'latency-p95 is under 5.0 %: evidence e^29.0 against e^3.0 needed',
    );
  });

  it('says what is missing while nothing is decided', () => {
    expect(sentence(both(100, 1), both(812, 3))).toBe(
      'error-rate 1.0 % of 100 requests is undecided against 1.0 %: ' +
        'evidence e^-0.7 of e^3.0 needed to pass, e^-1.5 of e^7.6 needed to roll back',
    );
    expect(sentence(both(1, 0), both(812, 3))).toBe(
      'error-rate 0.0 % of 1 request is undecided against 1.0 %: ' +
        'evidence e^0.0 of e^3.0 needed to pass, e^-0.1 of e^7.6 needed to roll back',
    );
    expect(sentence(both(0, 0), both(812, 3))).toBe('error-rate is undecided: no requests yet');
  });

  it('shows enough decimals to tell the rate from its limit', () => {
    expect(sentence(both(1_000_000, 10_430), both(812, 3))).toContain(
      '1.04 % of 1000000 requests is undecided against 1.00 %',
    );
    const rare = { ...policy, metrics: [{ name: 'unsettled-rounds', nullRate: 0.0001 }] };
    expect(explain(judge(rare, { 'unsettled-rounds': both(10_000, 25) }))).toContain(
      '0.25 % of 10000 requests is over 0.01 %',
    );
  });
});
