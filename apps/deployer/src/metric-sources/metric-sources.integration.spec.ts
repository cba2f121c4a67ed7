import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricEvidence, MetricPlan, MetricReport, ReleaseView } from '@croupier/contracts';
import { eventually, startPrometheus, type RunningPrometheus } from '@croupier/testing';
import { TestDeployer } from '../../test/test-deployer';

const WITHIN = { timeoutMs: 60_000 };
const MORE_FAILED_LOOKS = 10;
/** Of each version, from one scrape to the next. */
const DEPOSITS = 100;

/** Counts deposits as a payment service does: some more of each version whenever it is scraped. */
class PaymentService {
  /** Share of a version's deposits that fail, in [0,1]. */
  readonly failing = new Map<string, number>();
  private readonly counts = new Map<string, { ok: number; failed: number }>();
  private readonly server: Server;

  constructor(versions: readonly string[]) {
    for (const version of versions) this.counts.set(version, { ok: 0, failed: 0 });
    this.server = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(this.scrape());
    });
  }

  /** Answers `host:port`. */
  async start(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  deposits(version: string): number {
    const { ok, failed } = this.counts.get(version)!;
    return ok + failed;
  }

  private scrape(): string {
    const lines = [...this.counts].flatMap(([version, count]) => {
      const failed = Math.round(DEPOSITS * (this.failing.get(version) ?? 0));
      count.failed += failed;
      count.ok += DEPOSITS - failed;
      return (['ok', 'failed'] as const).map(
        (outcome) =>
          `deposits_total{game="slots",version="${version}",outcome="${outcome}"} ${count[outcome]}`,
      );
    });
    return ['# TYPE deposits_total counter', ...lines, ''].join('\n');
  }
}

const ofDeposits = (matchers: string) =>
  `sum(last_over_time(deposits_total{game="{{game}}",version="{{version}}"${matchers}}[1h])) or vector(0)`;

const BY_PROMETHEUS: MetricPlan = {
  name: 'failed-deposits',
  nullRate: 0.01,
  margin: null,
  source: { kind: 'prometheus', trials: ofDeposits(''), failures: ofDeposits(',outcome="failed"') },
};
const BY_WEBHOOK: MetricPlan = {
  name: 'stuck-rounds',
  nullRate: 0.01,
  margin: null,
  source: { kind: 'webhook' },
};

describe('a release whose only metric', () => {
  const payments = new PaymentService(['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
  let prometheus: RunningPrometheus;
  let deployer: TestDeployer;

  beforeAll(async () => {
    prometheus = await startPrometheus([await payments.start()]);
    // All that the gateways see is well.
    deployer = await TestDeployer.start({
      DRAIN_MS: '1',
      PROMETHEUS_URL: prometheus.url,
      PROMETHEUS_INTERVAL_MS: '100',
    });
    for (const [game, metric] of [['slots', BY_PROMETHEUS] as const, ['poker', BY_WEBHOOK] as const]) {
      await judgeBy(game, metric);
      await deployer.ship(game, '1.0.0');
      await deployer.releaseIn(game, '1.0.0', 'promoted');
    }
  });
  afterAll(async () => {
    await deployer.stop();
    await prometheus.stop();
    await payments.stop();
  });

  async function judgeBy(game: string, metric: MetricPlan): Promise<void> {
    await deployer
      .call('put', `/v1/policies/${game}`)
      .set('if-none-match', '*')
      .send({
        scope: { subject: `acme/${game}` },
        rules: { automation: { kind: 'auto' }, analysis: { metrics: [metric] } },
        reason: 'for the test',
      })
      .expect(201);
  }

  async function releaseOf(game: string, version: string): Promise<ReleaseView | undefined> {
    return (await deployer.releasesOf(game, version))[0];
  }

  /** The last entry of its timeline that has evidence: in words, and of the one metric. */
  async function verdictOn(release: ReleaseView): Promise<{ summary: string; evidence: MetricEvidence }> {
    const verdicts = (await deployer.timeline(release)).flatMap(({ summary, data }) =>
      ((data as { evidence?: MetricEvidence[] }).evidence ?? []).map((evidence) => ({ summary, evidence })),
    );
    return verdicts.at(-1)!;
  }

  async function failedLooks(): Promise<number> {
    const { text } = await deployer.call('get', '/metrics').expect(200);
    return Number(/^metric_source_failures_total\{source="prometheus".*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  describe('is counted by Prometheus', () => {
    it('is promoted while that is well, and compared with stable', async () => {
      await deployer.ship('slots', '1.1.0');
      const release = await deployer.releaseIn('slots', '1.1.0', 'promoted');
      const { evidence } = await verdictOn(release);
      expect(evidence).toMatchObject({ name: 'failed-deposits', failures: 0 });
      expect(evidence.trials).toBeGreaterThan(0);
      expect(evidence.trials).toBeLessThanOrEqual(payments.deposits('1.1.0'));
      expect(evidence.stableTrials).toBeGreaterThan(0);
      expect(evidence.stableTrials).toBeLessThanOrEqual(payments.deposits('1.0.0'));
    });

    it('is rolled back when failures rise, although its requests are well', async () => {
      await deployer.ship('slots', '1.2.0');
      await eventually(async () => ((await releaseOf('slots', '1.2.0'))?.weightPercent ?? 0) > 5, WITHIN);
      payments.failing.set('1.2.0', 0.2);
      const release = await deployer.releaseIn('slots', '1.2.0', 'rolled-back');
      expect(release).toMatchObject({ weightPercent: 0, stableVersion: '1.1.0' });
      const { summary, evidence } = await verdictOn(release);
      expect(summary).toMatch(/failed-deposits/);
      expect(evidence.failures).toBeGreaterThan(0);
    });

    it('stays where it is while Prometheus is away, and goes on when it is back', async () => {
      await prometheus.crash();
      await deployer.ship('slots', '1.3.0');
      const before = await deployer.releaseIn('slots', '1.3.0', 'progressing');
      const failed = await failedLooks();
      await eventually(async () => (await failedLooks()) > failed + MORE_FAILED_LOOKS, WITHIN);
      const after = await deployer.releaseIn('slots', '1.3.0', 'progressing');
      expect(after.weightPercent).toBe(before.weightPercent);
      await prometheus.restart();
      await deployer.releaseIn('slots', '1.3.0', 'promoted');
    });
  });

  describe('is reported to the webhook', () => {
    let sequence = 0;
    const reportOn = (
      release: ReleaseView,
      counts: Pick<MetricReport, 'canary' | 'stable'>,
    ): MetricReport => ({
      releaseId: release.id,
      metric: BY_WEBHOOK.name,
      source: 'settlement',
      sequence: (sequence += 1),
      ...counts,
    });
    async function report(...reports: MetricReport[]): Promise<number> {
      const { body } = await deployer.call('post', '/v1/metrics').send({ reports }).expect(202);
      return body.stored;
    }

    it('is promoted by good reports', async () => {
      await deployer.ship('poker', '1.1.0');
      const release = await deployer.releaseIn('poker', '1.1.0', 'progressing');
      await eventually(async () => {
        const counts = { canary: { trials: 500, failures: 0 }, stable: { trials: 500, failures: 1 } };
        await report(reportOn(release, counts));
        return (await releaseOf('poker', '1.1.0'))?.status === 'promoted';
      }, WITHIN);
      expect(await verdictOn(release)).toMatchObject({ evidence: { name: 'stuck-rounds' } });
    });

    it('is rolled back by bad ones, of which each counts once however often it comes', async () => {
      await deployer.ship('poker', '1.2.0');
      const release = await deployer.releaseIn('poker', '1.2.0', 'progressing');
      const fair = reportOn(release, { canary: { trials: 40, failures: 1 } });
      expect(await report(fair, fair, fair)).toBe(1);
      expect(await report(fair)).toBe(0);
      const bad = reportOn(release, { canary: { trials: 1_000, failures: 300 } });
      expect(await Promise.all([bad, bad, bad].map((each) => report(each)))).toContain(1);
      const ended = await deployer.releaseIn('poker', '1.2.0', 'rolled-back');
      expect(await verdictOn(ended)).toMatchObject({
        summary: expect.stringMatching(/stuck-rounds/),
        evidence: { trials: 1_040, failures: 301 },
      });
    });
  });
});
