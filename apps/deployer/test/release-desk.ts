import type { ReleaseId } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { deployerMigrations } from '@croupier/migrations';
import type { PendingEffect, StoredRelease } from '@croupier/orchestrator';
import { openDataSource } from '@croupier/persistence';
import { canarySteps, queueRelease, type ReleasePlan, type RolloutInput } from '@croupier/rollout';
import { freshDatabase, registered, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { LeaseRepository } from '../src/leases/lease-repository';
import { ReleaseRepository } from '../src/releases/release-repository';
import { PostgresReleaseStore } from '../src/releases/release-store';
import { ReleaseWriter } from '../src/releases/release-writer';
import { RoutingRepository } from '../src/routing/routing-repository';
import { StandingRepository } from '../src/routing/standing-repository';
import { TimelineRepository } from '../src/timeline/timeline-repository';
import { WorkloadRepository } from '../src/workloads/workload-repository';
import { DEFAULTS } from './policies';

const LOOK = { minDurationMs: 0, minRequests: 10, deadlineMs: 60_000 };

/** The deployer's stores on a database of their own, without a loop: what is told and dealt is up to the test. */
export class ReleaseDesk {
  readonly routing: RoutingRepository;
  readonly releases: ReleaseRepository;
  readonly store: PostgresReleaseStore;
  readonly workloads: WorkloadRepository;

  private constructor(
    private readonly database: FreshDatabase,
    readonly dataSource: DataSource,
  ) {
    const outbox = new Outbox();
    const writer = new ReleaseWriter(new TimelineRepository(dataSource), outbox);
    const standings = new StandingRepository(dataSource);
    this.routing = new RoutingRepository(dataSource, outbox, standings);
    this.releases = new ReleaseRepository(dataSource, writer);
    this.store = new PostgresReleaseStore(
      dataSource,
      new LeaseRepository(dataSource),
      writer,
      this.routing,
      standings,
    );
    this.workloads = new WorkloadRepository(dataSource);
  }

  static async open(): Promise<ReleaseDesk> {
    const database = await freshDatabase();
    const options = { url: database.url, schema: 'deployer', migrations: deployerMigrations };
    return new ReleaseDesk(database, await openDataSource(options));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  async queue(plan: Partial<ReleasePlan> & Pick<ReleasePlan, 'releaseId' | 'version'>): Promise<void> {
    const full: ReleasePlan = {
      ...DEFAULTS,
      ...{ provider: 'acme', game: 'slots', digest: 'd'.repeat(64), stableVersion: null },
      ...{ strategy: 'canary', steps: canarySteps(LOOK), approvalsRequired: 0, requires: [] },
      ...plan,
    };
    const { data: artifact } = registered(full.game, full.version, 'http://games.test');
    await this.dataSource.transaction(async (tx) => {
      await this.routing.ensureSubject(tx, full.provider, full.game);
      await this.releases.create(tx, artifact, queueRelease(full, Date.now()), 1);
    });
  }

  /** A workload of the version runs in production. */
  async run(game: string, version: string): Promise<void> {
    const { digest, manifestUrl, manifest } = registered(game, version, 'http://games.test').data;
    const spec = { environment: 'production', digest, manifestUrl, manifest } as const;
    await this.workloads.started(this.dataSource.manager, spec, `http://games.test/${version}`);
  }

  /** Answers the release, and what is to do of it then. */
  async tell(
    releaseId: ReleaseId,
    ...inputs: readonly RolloutInput[]
  ): Promise<{ release: StoredRelease; effects: readonly PendingEffect[] }> {
    const tellings = inputs.map((input) => ({ releaseId, input }));
    const [told] = await this.store.tell(tellings, [], Date.now());
    return told!;
  }
}

/** From the queue to traffic: a first version to its promotion, any other to its first weight. */
export function throughStaging(stableVersion: string | null): RolloutInput[] {
  return [
    { kind: 'start', stableVersion, unmet: [] },
    { kind: 'stagingDeployed' },
    { kind: 'testsPassed', checks: ['health'] },
    { kind: 'migrationApplied', detail: 'no scripts' },
    { kind: 'workloadReady', endpoint: 'http://games.test' },
  ];
}
