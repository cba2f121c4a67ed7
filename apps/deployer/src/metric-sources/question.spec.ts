import type { ReleaseId } from '@croupier/contracts';
import { allAtOnceSteps, type ReleasePlan } from '@croupier/rollout';
import * as fc from 'fast-check';
import { MetricFault } from './faults';
import { answerOf, promQlOf, questionOf, type PrometheusMetric } from './question';

const DEPOSITS: PrometheusMetric = {
  kind: 'prometheus',
  trials: 'sum(deposits_total{provider="{{provider}}",game="{{game}}",version="{{version}}"})',
  failures: 'sum(deposits_total{version="{{version}}",outcome="failed"})',
};

function planWith(overrides: Partial<ReleasePlan> = {}): ReleasePlan {
  return {
    releaseId: '0b3f2f2e-5b0e-4c43-9e0a-0f6d2c8f6a01' as ReleaseId,
    provider: 'acme',
    game: 'slots',
    version: '1.1.0',
    digest: 'd'.repeat(64),
    stableVersion: '1.0.0',
    strategy: 'canary',
    steps: allAtOnceSteps(),
    analysis: {
      metrics: [{ name: 'deposits', nullRate: 0.01, margin: null, source: DEPOSITS }],
      alpha: 0.001,
      beta: 0.05,
      budget: { failedRequests: null, playersTouched: null },
    },
    approvalsRequired: 0,
    requires: [],
    whenUnmet: 'wait',
    superseding: 'queued',
    progressDeadlineMs: null,
    drainMs: 1,
    effectDeadlineMs: 1,
    ...overrides,
  };
}

/** As Go and PromQL read a string in double or in single quotes. */
function unquoted(literal: string): string {
  return literal.replaceAll(/\\U([0-9a-f]{8})/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
}

describe('the queries of a metric', () => {
  it('ask for the canary, and the same for stable', () => {
    const { canary, stable } = questionOf(planWith(), DEPOSITS);
    expect(canary.trials).toBe('sum(deposits_total{provider="acme",game="slots",version="1.1.0"})');
    expect(canary.failures).toBe('sum(deposits_total{version="1.1.0",outcome="failed"})');
    expect(stable?.failures).toBe('sum(deposits_total{version="1.0.0",outcome="failed"})');
  });

  it('ask for no stable version where there is none', () => {
    expect(questionOf(planWith({ stableVersion: null }), DEPOSITS).stable).toBeNull();
  });

  it('compare nothing with itself: a flag changes what is stable, and a query may name no version', () => {
    const byFlag = questionOf(planWith({ strategy: 'flag' }), DEPOSITS);
    expect(byFlag.canary.failures).toContain('version="1.0.0"');
    expect(byFlag.stable).toBeNull();
    const ofAll = { kind: 'prometheus', trials: 'sum(a)', failures: 'sum(b{game="{{game}}"})' } as const;
    expect(questionOf(planWith(), ofAll).stable).toBeNull();
  });

  it('refuse a placeholder that stands for nothing', () => {
    const ofMarket = { ...DEPOSITS, failures: 'sum(deposits_total{market="{{market}}"})' };
    expect(() => questionOf(planWith(), ofMarket)).toThrow(MetricFault);
    expect(() => questionOf(planWith(), ofMarket)).toThrow(/\{\{market\}\}.*\{\{version\}\}/);
    expect(() => questionOf(planWith(), { ...DEPOSITS, trials: '{{constructor}}' })).toThrow(MetricFault);
  });

  it('leave versions and slugs as they are', () => {
    const { canary } = questionOf(planWith({ version: '1.1.0-rc.1+build.7', game: 'lucky-7' }), DEPOSITS);
    expect(canary.trials).toContain('game="lucky-7",version="1.1.0-rc.1+build.7"');
  });

  it('cannot be left by a value: it is the same string, and no quote, brace or backslash of it is left', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'"\'`{}\\\n,=~#a1é🎰') });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (version) => {
        const { canary } = questionOf(planWith({ version }), {
          ...DEPOSITS,
          trials: '{{version}}',
        });
        expect(canary.trials).toMatch(/^[A-Za-z0-9.+\\-]*$/);
        expect(unquoted(canary.trials)).toBe(version);
      }),
    );
  });

  it('go to Prometheus as one, each named, and none can end another', () => {
    const commented = { ...DEPOSITS, trials: 'sum(a{version="{{version}}"}) # all of them' };
    const promQl = promQlOf(questionOf(planWith({ stableVersion: null }), commented));
    expect(promQl).toBe(
      'label_replace((sum(a{version="1.1.0"}) # all of them\n), "croupier_part", "canary-trials", "", "") or ' +
        'label_replace((sum(deposits_total{version="1.1.0",outcome="failed"})\n), "croupier_part", "canary-failures", "", "")',
    );
  });
});

describe('the answer of Prometheus', () => {
  const question = questionOf(planWith(), DEPOSITS);
  const sample = (part: string, value: number) => ({ labels: { croupier_part: part }, value });
  const canary = [sample('canary-trials', 100), sample('canary-failures', 2.5)];
  const stable = [sample('stable-trials', 900), sample('stable-failures', 3)];

  it('has the totals of both versions, in any order', () => {
    expect(answerOf(question, [...canary, ...stable].reverse())).toEqual({
      canary: { trials: 100, failures: 2.5 },
      stable: { trials: 900, failures: 3 },
      missing: null,
    });
  });

  it('has nothing of a version of which one total is missing, and says so', () => {
    expect(answerOf(question, [...canary, stable[0]!])).toMatchObject({
      canary: { trials: 100 },
      stable: null,
      missing: 'the query for stable-failures answers nothing',
    });
    expect(answerOf(question, [])).toEqual({
      canary: null,
      stable: null,
      missing: expect.stringContaining('canary-trials and for canary-failures and for stable-trials'),
    });
  });

  it.each([NaN, Infinity, -Infinity, -1, 2 ** 53])('with %d in it is no answer', (value) => {
    expect(() => answerOf(question, [sample('canary-trials', value), canary[1]!])).toThrow(MetricFault);
    expect(() => answerOf(question, [sample('canary-trials', value)])).toThrow(/canary-trials/);
  });

  it('with two series for one total is no answer: somebody forgot to sum them', () => {
    const byPod = { labels: { croupier_part: 'canary-trials', pod: 'b' }, value: 3 };
    expect(() => answerOf(question, [...canary, byPod, ...stable])).toThrow(/canary-trials.*2 series.*sum/);
  });
});
