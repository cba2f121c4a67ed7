import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { MetricPlan, ReleaseId, ReleaseStatus } from '@croupier/contracts';
import { deployerMigrations } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import { Metrics } from '@croupier/service-kit';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import type { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { MetricFault, SourceFault } from './faults';
import type { PrometheusClient, Sample } from './prometheus-client';
import { PrometheusSource } from './prometheus-source';
import { NOTHING, type Totals } from './running-totals';
import { TotalsRepository, type DueMetric, type Look } from './totals-repository';

const LONG_MS = 60_000;
const CANARY = '1.1.0';
const STABLE = '1.0.0';

const metricOf = (name: string, source: MetricPlan['source']): MetricPlan => ({
  name,
  nullRate: 0.01,
  margin: null,
  source,
});
const DEPOSITS = metricOf('deposits', {
  kind: 'prometheus',
  trials: 'trials {{game}} {{version}}',
  failures: 'failures {{game}} {{version}}',
});

/** Answers queries such as `trials slots 1.1.0`. */
class FakePrometheus implements Pick<PrometheusClient, 'instant'> {
  /** By game and version. */
  readonly totals = new Map<string, Totals>();
  asked = 0;
  /** Called before each answer; what it throws is the answer. */
  onAsked: (query: string) => void | Promise<void> = () => undefined;

  async instant(query: string): Promise<readonly Sample[]> {
    this.asked += 1;
    await this.onAsked(query);
    return [...query.matchAll(/\(\((\w+) (\S+ \S+)\n\), "croupier_part", "([\w-]+)"/g)].flatMap((match) => {
      const [, what, version, part] = match;
      const totals = this.totals.get(version!);
      return totals ? [{ labels: { croupier_part: part! }, value: totals[what as keyof Totals] }] : [];
    });
  }

  grow(game: string, version: string, { trials, failures }: Totals): void {
    const before = this.totals.get(`${game} ${version}`) ?? NOTHING;
    const now = { trials: before.trials + trials, failures: before.failures + failures };
    this.totals.set(`${game} ${version}`, now);
  }
}

describe('counting running totals', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let prometheus: FakePrometheus;
  let wakes: number;
  let said: string[];

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'deployer',
      migrations: deployerMigrations,
    });
    prometheus = new FakePrometheus();
    wakes = 0;
    said = [];
    for (const level of ['log', 'warn'] as const)
      jest
        .spyOn(Logger.prototype, level)
        .mockImplementation((...words: unknown[]) => void said.push(String(words[0])));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await dataSource.destroy();
    await database.drop();
  });

  /** One replica of the deployer, whose metrics are due again at once. */
  function replica(): PrometheusSource & { readonly counters: Metrics } {
    const counters = new Metrics('deployer');
    const loop = { wake: () => void (wakes += 1) } as OrchestrationLoop;
    const config = { url: '', token: null, intervalMs: 0 };
    const totals = new TotalsRepository(dataSource);
    const source = new PrometheusSource(
      totals,
      prometheus as unknown as PrometheusClient,
      loop,
      config,
      counters,
    );
    return Object.assign(source, { counters });
  }

  async function release(
    game: string,
    status: ReleaseStatus = 'progressing',
    metrics: readonly MetricPlan[] = [DEPOSITS],
  ): Promise<ReleaseId> {
    const id = randomUUID() as ReleaseId;
    const plan = { provider: 'acme', game, version: CANARY, stableVersion: STABLE, analysis: { metrics } };
    await dataSource.query(
      `INSERT INTO releases (id, provider, game, version, digest, manifest_url, manifest, status, state, revision,
         last_hash, partition) VALUES ($1, 'acme', $2, $3, '', '', '{}', $4, $5, 1, '', 0)`,
      [id, game, CANARY, status, JSON.stringify({ plan })],
    );
    return id;
  }

  const setStatus = (id: ReleaseId, status: ReleaseStatus) =>
    dataSource.query(
      `UPDATE releases SET status = $2, finished = $2 IN ('promoted', 'failed'), changed_by = pg_current_xact_id()
       WHERE id = $1`,
      [id, status],
    );

  async function counted(id: ReleaseId) {
    const [sum] = await dataSource.query<Record<string, string>[]>(
      `SELECT coalesce(sum(trials), 0) AS trials, coalesce(sum(failures), 0) AS failures,
         coalesce(sum(stable_trials), 0) AS stable_trials, coalesce(sum(stable_failures), 0) AS stable_failures
       FROM metric_observations WHERE release_id = $1`,
      [id],
    );
    const numbers = Object.fromEntries(Object.entries(sum!).map(([name, text]) => [name, Number(text)]));
    return {
      canary: { trials: numbers['trials'], failures: numbers['failures'] },
      stable: { trials: numbers['stable_trials'], failures: numbers['stable_failures'] },
    };
  }

  it('begins with the first look at each version, and wakes the loop when there is something new', async () => {
    const id = await release('slots');
    const source = replica();
    prometheus.grow('slots', CANARY, { trials: 500, failures: 20 });
    await source.turn();
    expect(await counted(id)).toEqual({ canary: NOTHING, stable: NOTHING });
    prometheus.grow('slots', CANARY, { trials: 30, failures: 2 });
    prometheus.grow('slots', STABLE, { trials: 9_000, failures: 90 });
    await source.turn();
    expect(await counted(id)).toEqual({ canary: { trials: 30, failures: 2 }, stable: NOTHING });
    expect(wakes).toBe(1);
    prometheus.grow('slots', STABLE, { trials: 70, failures: 1 });
    await source.turn();
    expect(await counted(id)).toEqual({
      canary: { trials: 30, failures: 2 },
      stable: { trials: 70, failures: 1 },
    });
    await source.turn();
    expect(wakes).toBe(2);
  });

  it('goes on where another replica was', async () => {
    const id = await release('slots');
    prometheus.grow('slots', CANARY, { trials: 5, failures: 0 });
    await replica().turn();
    prometheus.grow('slots', CANARY, { trials: 10, failures: 1 });
    await replica().turn();
    expect((await counted(id)).canary).toEqual({ trials: 10, failures: 1 });
  });

  it('counts everything once while three replicas count at once and Prometheus fails now and then', async () => {
    const games = ['slots', 'roulette', 'poker'];
    const ids = await Promise.all(games.map((game) => release(game)));
    for (const game of games) prometheus.grow(game, CANARY, { trials: 1_000, failures: 10 });
    const replicas = [replica(), replica(), replica()];
    await replicas[0]!.turn();
    let grown = 0;
    prometheus.onAsked = async () => {
      for (const game of games) prometheus.grow(game, CANARY, { trials: 3, failures: 1 });
      grown += 1;
      const { asked } = prometheus;
      for (let tick = 0; tick < asked % 4; tick += 1) await new Promise((done) => setImmediate(done));
      if (asked % 7 === 0) throw new SourceFault('away');
      if (asked % 11 === 0) throw new MetricFault('too slow');
    };
    for (let round = 0; round < 40; round += 1) await Promise.all(replicas.map((each) => each.turn()));
    prometheus.onAsked = () => undefined;
    await Promise.all(replicas.map((each) => each.turn()));
    await replicas[0]!.turn();

    expect(grown).toBeGreaterThan(100);
    for (const id of ids) expect((await counted(id)).canary).toEqual({ trials: 3 * grown, failures: grown });
  });

  describe('a claim', () => {
    const lookOf = ({ plan: _, ...due }: DueMetric, trials: number): Look => ({
      ...due,
      accounts: {
        canary: { trials: { total: trials, rest: 0 }, failures: { total: 0, rest: 0 } },
        stable: null,
      },
      canary: { trials, failures: 0 },
      stable: NOTHING,
    });

    it('keeps other replicas from asking the same, until it is stored or its time is over', async () => {
      const totals = new TotalsRepository(dataSource);
      await release('slots');
      await totals.follow(null);
      const [due] = await totals.claim(10, LONG_MS);
      expect(due).toMatchObject({
        metric: 'deposits',
        sequence: 0,
        accounts: { canary: null, stable: null },
      });
      expect(await totals.claim(10, LONG_MS)).toEqual([]);
      await totals.store([lookOf(due!, 5)], 0);
      expect(await totals.claim(10, 0)).toMatchObject([{ sequence: 1 }]);
      expect(await totals.claim(10, LONG_MS)).toHaveLength(1);
    });

    it('is taken by one of two that ask at the same moment', async () => {
      const totals = new TotalsRepository(dataSource);
      for (let game = 0; game < 20; game += 1) await release(`game-${game}`);
      await totals.follow(null);
      const claims = await Promise.all([1, 2, 3, 4].map(() => totals.claim(10, LONG_MS)));
      const claimed = [...claims.flat(), ...(await totals.claim(100, LONG_MS))].map(
        ({ releaseId }) => releaseId,
      );
      expect(claimed).toHaveLength(20);
      expect(new Set(claimed).size).toBe(20);
    });

    it('that was overtaken stores nothing: what it saw may be older', async () => {
      const totals = new TotalsRepository(dataSource);
      const id = await release('slots');
      await totals.follow(null);
      const [slow] = await totals.claim(10, 0);
      const [fast] = await totals.claim(10, LONG_MS);
      expect(await totals.store([lookOf(fast!, 8)], 0)).toBe(1);
      expect(await totals.store([lookOf(slow!, 5)], 0)).toBe(0);
      expect((await counted(id)).canary.trials).toBe(8);
      expect(await totals.claim(10, LONG_MS)).toMatchObject([
        { sequence: 1, accounts: { canary: { trials: { total: 8 } } } },
      ]);
    });

    it('has come to nothing when the counts cannot be stored with the totals', async () => {
      const totals = new TotalsRepository(dataSource);
      const id = await release('slots');
      await totals.follow(null);
      const [due] = await totals.claim(10, 0);
      await dataSource.query(
        `INSERT INTO metric_observations (release_id, metric, source, sequence, trials, failures, stable_trials,
           stable_failures) VALUES ($1, 'deposits', 'croupier/prometheus', 1, 0, 0, 0, 0)`,
        [id],
      );
      await expect(totals.store([lookOf(due!, 5)], 0)).rejects.toThrow(/duplicate key/);
      expect(await totals.claim(10, 0)).toMatchObject([{ sequence: 0, accounts: { canary: null } }]);
    });
  });

  it('is of releases in traffic alone, and forgotten when they are finished', async () => {
    const source = replica();
    const known = () => dataSource.query<object[]>('SELECT release_id AS id FROM metric_totals');
    const byOthers = [
      metricOf('errors', { kind: 'gateway', failures: 'errors' }),
      metricOf('rounds', { kind: 'webhook' }),
    ];
    await release('poker', 'progressing', byOthers);
    await release('dice', 'queued');
    await source.turn();
    expect(prometheus.asked).toBe(0);

    const id = await release('slots', 'deploying');
    await source.turn();
    await setStatus(id, 'progressing');
    await source.turn();
    expect(prometheus.asked).toBe(1);
    await setStatus(id, 'paused');
    await source.turn();
    expect(prometheus.asked).toBe(2);
    await setStatus(id, 'rolled-back');
    await source.turn();
    expect(prometheus.asked).toBe(2);
    expect(await known()).toEqual([{ id }]);
    await setStatus(id, 'promoted');
    await source.turn();
    expect(await known()).toEqual([]);
  });

  it('begins when the flag is set, for a release by flag', async () => {
    const id = await release('slots');
    const setState = (path: string, value: string) =>
      dataSource.query(
        `UPDATE releases SET state = jsonb_set(state, $2::text[], $3::jsonb), changed_by = pg_current_xact_id()
         WHERE id = $1`,
        [id, path, value],
      );
    await setState('{plan,strategy}', '"flag"');
    await setState('{flagsSetAt}', 'null');
    const source = replica();
    await source.turn();
    expect(prometheus.asked).toBe(0);
    await setState('{flagsSetAt}', '{"first": 1, "last": 1}');
    await source.turn();
    expect(prometheus.asked).toBe(1);
  });

  it('says once that Prometheus is away, counts each failure, and loses nothing by it', async () => {
    const id = await release('slots');
    const source = replica();
    prometheus.grow('slots', CANARY, { trials: 0, failures: 0 });
    prometheus.grow('slots', STABLE, { trials: 0, failures: 0 });
    await source.turn();
    prometheus.onAsked = () => {
      throw new SourceFault('http://metrics.test: ECONNREFUSED');
    };
    for (let turn = 0; turn < 3; turn += 1) await source.turn();
    expect(said).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(await source.counters.registry.getSingleMetricAsString('metric_source_failures_total')).toContain(
      'metric_source_failures_total{source="prometheus",service="deployer"} 3',
    );
    expect(await counted(id)).toEqual({ canary: NOTHING, stable: NOTHING });

    prometheus.grow('slots', CANARY, { trials: 40, failures: 3 });
    prometheus.onAsked = () => undefined;
    for (let turn = 0; turn < 2; turn += 1) await source.turn();
    expect(said).toEqual([expect.anything(), 'Prometheus answers again']);
    expect((await counted(id)).canary).toEqual({ trials: 40, failures: 3 });
  });

  it('asks no more than a few while nobody answers', async () => {
    for (let game = 0; game < 60; game += 1) await release(`game-${game}`);
    prometheus.onAsked = async () => {
      await new Promise((done) => setImmediate(done));
      throw new SourceFault('away');
    };
    await replica().turn();
    expect(prometheus.asked).toBeLessThanOrEqual(16);
    prometheus.onAsked = () => undefined;
    prometheus.asked = 0;
    await replica().turn();
    expect(prometheus.asked).toBe(60);
  });

  it('says once, whichever replica notices, what is wrong with one metric, and goes on with the others', async () => {
    const [slots, poker] = [await release('slots'), await release('poker')];
    for (const version of [CANARY, STABLE])
      for (const game of ['slots', 'poker']) prometheus.grow(game, version, { trials: 0, failures: 0 });
    await replica().turn();
    prometheus.onAsked = (query) => {
      if (query.includes('poker')) throw new MetricFault('the query for canary-trials answers NaN');
    };
    for (let turn = 0; turn < 3; turn += 1) {
      for (const game of ['slots', 'poker']) prometheus.grow(game, CANARY, { trials: 2, failures: 1 });
      await replica().turn();
    }
    expect(said).toEqual([`acme/poker ${CANARY}, metric deposits: the query for canary-trials answers NaN`]);
    expect((await counted(slots)).canary).toEqual({ trials: 6, failures: 3 });
    expect((await counted(poker)).canary).toEqual(NOTHING);
    prometheus.onAsked = () => undefined;
    await replica().turn();
    expect((await counted(poker)).canary).toEqual({ trials: 6, failures: 3 });
  });

  it('stores what is wrong with a metric whatever Prometheus has said, and the others with it', async () => {
    const [slots, poker] = [await release('slots'), await release('poker')];
    const source = replica();
    prometheus.grow('slots', CANARY, { trials: 0, failures: 0 });
    await source.turn();
    prometheus.grow('slots', CANARY, { trials: 2, failures: 1 });
    prometheus.onAsked = (query) => {
      if (query.includes('poker')) throw new MetricFault(`answered 400: \0\ud800\n${'x'.repeat(10_000)}`);
    };
    await source.turn();
    expect((await counted(slots)).canary).toEqual({ trials: 2, failures: 1 });
    const [row] = await dataSource.query('SELECT told FROM metric_totals WHERE release_id = $1', [poker]);
    expect(row).toEqual({ told: expect.stringMatching(/^answered 400: {1,2}x{400,500}$/) });
  });

  it('says once that a version has no data, and counts the other', async () => {
    const id = await release('slots');
    const source = replica();
    prometheus.grow('slots', CANARY, { trials: 0, failures: 0 });
    for (let turn = 0; turn < 3; turn += 1) {
      await source.turn();
      prometheus.grow('slots', CANARY, { trials: 5, failures: 1 });
    }
    expect(said).toEqual([expect.stringMatching(/stable-trials and for stable-failures answers nothing/)]);
    expect((await counted(id)).canary).toEqual({ trials: 10, failures: 2 });
  });
});
