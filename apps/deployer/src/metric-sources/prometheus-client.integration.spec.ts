import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricPlan } from '@croupier/contracts';
import { OutboundHttp } from '@croupier/service-kit';
import { startPrometheus, type RunningPrometheus } from '@croupier/testing';
import { MetricFault } from './faults';
import { PrometheusClient } from './prometheus-client';
import { PrometheusConfig } from './prometheus-config';
import { answerOf, promQlOf, questionOf, type Answer, type PrometheusMetric } from './question';

const GUIDE = join(__dirname, '../../../../docs/metric-sources.md');
const HOSTILE = ['"', "'", '`', '\\', '"} or vector(1) or up{a="', '\n', '{{game}}', 'é🎰'];

describe('a real Prometheus', () => {
  const http = new OutboundHttp();
  let prometheus: RunningPrometheus;
  let client: PrometheusClient;

  beforeAll(async () => {
    prometheus = await startPrometheus([]);
    client = new PrometheusClient(http, new PrometheusConfig({ PROMETHEUS_URL: prometheus.url }));
  });
  afterAll(async () => {
    await http.onApplicationShutdown();
    await prometheus.stop();
  });

  async function ask(metric: Omit<PrometheusMetric, 'kind'>, version = '1.1.0'): Promise<Answer> {
    const plan = { provider: 'acme', game: 'slots', version, stableVersion: '1.0.0', strategy: 'canary' };
    const question = questionOf(plan as Parameters<typeof questionOf>[0], { kind: 'prometheus', ...metric });
    return answerOf(question, await client.instant(promQlOf(question)));
  }

  it('answers the totals of both versions to one question', async () => {
    const trials = 'label_replace(vector(1), "pod", "a", "", "") or vector(2) # {{version}}';
    expect(await ask({ trials: 'vector(40) # {{version}}', failures: 'vector(2.5)' })).toEqual({
      canary: { trials: 40, failures: 2.5 },
      stable: { trials: 40, failures: 2.5 },
      missing: null,
    });
    await expect(ask({ trials, failures: 'vector(1)' })).rejects.toThrow(/canary-trials answers 2 series/);
  });

  it('takes the examples of the guide', async () => {
    const examples = [...readFileSync(GUIDE, 'utf8').matchAll(/```json\n([^]*?)```/g)]
      .map(([, json]) => MetricPlan.parse(JSON.parse(json!)).source)
      .filter((source) => source.kind === 'prometheus');
    expect(examples).toHaveLength(2);
    for (const example of examples)
      expect(await ask(example)).toMatchObject({
        canary: { trials: 0, failures: 0 },
        stable: { trials: 0, failures: 0 },
      });
  });

  it.each(HOSTILE)('takes %j for a version that is nowhere, between whichever quotes', async (version) => {
    for (const quote of ['"', "'"]) {
      const query = `count({__name__=~".+",version=${quote}{{version}}${quote}}) or vector(0)`;
      expect(await ask({ trials: query, failures: query }, version)).toMatchObject({
        canary: { trials: 0, failures: 0 },
      });
    }
  });

  it.each([
    ['is not finished', 'sum(up{'],
    ['closes what it has not opened', 'vector(1))'],
    ['has no series', '1'],
    ['is no number', 'vector(0) / vector(0)'],
    ['is infinite', 'vector(1) / vector(0)'],
    ['is negative', 'vector(-1)'],
  ])('is no answer when a query %s', async (_, trials) => {
    await expect(ask({ trials, failures: 'vector(0) # {{version}}' })).rejects.toThrow(MetricFault);
  });
});
