import { explain } from './explain';
import { judge, type JudgePolicy } from './judge';
import type { MetricTallies } from './metric-evidence';

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

const counts = { canary: { trials: 4000, failures: 36 }, stable: { trials: 76_000, failures: 76 } };

function sentence(errors: MetricTallies, slow: MetricTallies, budget = {}, failedRequests = 0): string {
  const tallies = { 'error-rate': errors, 'latency-p95': slow };
  return explain(judge({ ...policy, budget }, tallies, { failedRequests, playersTouched: 0 }));
}

describe('explain', () => {
  it('names the metric that breached', () => {
    expect(sentence(both(812, 25), both(812, 0))).toBe(
      'error-rate 3.1 % of 812 requests is over 1.0 %: evidence e^9.3 against e^7.9 needed',
    );
  });

  it('names every metric that breached', () => {
    expect(sentence(both(812, 25), both(812, 150))).toBe(
      'error-rate 3.1 % of 812 requests is over 1.0 %: evidence e^9.3 against e^7.9 needed; ' +
        'latency-p95 18.5 % of 812 requests is over 5.0 %: evidence e^92.3 against e^7.9 needed',
    );
  });

  it('names a spent budget', () => {
    expect(sentence(both(812, 1), both(812, 3), { failedRequests: 5 }, 6)).toBe(
      'the budget of 5 failed requests is spent: 6 so far',
    );
  });

  it('names the version that it is worse than', () => {
    const relative = { logEvidence: 9.4, ...counts };
    expect(sentence({ ...both(4000, 36), ...counts, relative }, both(4000, 0))).toBe(
      "error-rate 0.9 % of 4000 requests is more than 0.5 % over stable's 0.1 % of 76000 requests: " +
        'evidence e^9.4 against e^9.0 needed',
    );
  });

  it('names an incident that hits both versions', () => {
    const stable = { trials: 2000, failures: 802 };
    expect(sentence({ ...both(100, 40), stable }, both(100, 0))).toBe(
      "error-rate 40.0 % of 100 requests is over 1.0 %, and so is stable's 40.1 % of 2000 requests, " +
        "an incident of both: evidence e^114.6 against e^7.9 needed, stable's e^2354.2 against e^3.0",
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
        'evidence e^-0.7 of e^3.0 needed to pass, e^-1.5 of e^7.9 needed to roll back',
    );
    expect(sentence(both(1, 0), both(812, 3))).toBe(
      'error-rate 0.0 % of 1 request is undecided against 1.0 %: ' +
        'evidence e^0.0 of e^3.0 needed to pass, e^-0.1 of e^7.9 needed to roll back',
    );
    expect(sentence(both(0, 0), both(812, 3))).toBe('error-rate is undecided: no requests yet');
    expect(sentence({ ...both(100, 1), relative: { logEvidence: 0.3, ...counts } }, both(812, 3))).toContain(
      'e^7.9 needed to roll back, e^0.3 of e^9.0 needed to call it worse than stable',
    );
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
