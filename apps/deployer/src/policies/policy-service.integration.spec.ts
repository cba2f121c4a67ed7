import { Outbox } from '@croupier/messaging';
import { AuditTrail } from '@croupier/service-kit';
import { randomUUID } from 'node:crypto';
import { PolicyDocument, type ArtifactRegistered, type ReleaseId } from '@croupier/contracts';
import { deployerMigrations } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import { queueRelease } from '@croupier/rollout';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { DeployerConfig } from '../deployer-config';
import { KnownArtifacts } from './known-artifacts';
import { PolicyBook } from './policy-book';
import { PolicyService } from './policy-service';

const ENVIRONMENT = { STEP_MIN_DURATION_MS: '1000', DRAIN_MS: '7000', ERROR_RATE_THRESHOLD: '0.02' };

describe('planning a release', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let books: PolicyBook[];
  let service: PolicyService;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'deployer',
      migrations: deployerMigrations,
    });
    const config = new DeployerConfig(ENVIRONMENT);
    const audit = new AuditTrail(new Outbox(), 'deployer');
    const open = () => PolicyBook.open(dataSource, config, audit);
    books = await Promise.all([open(), open()]);
    service = new PolicyService(books[0]!, new KnownArtifacts(dataSource));
  });

  afterAll(async () => {
    await Promise.all(books.map((book) => book.onApplicationShutdown()));
    await dataSource.destroy();
    await database.drop();
  });

  const releaseId = randomUUID() as ReleaseId;

  it('makes a plan that can be queued as it is, by the configuration', () => {
    const { plan, decision, policy } = service.planFor(releaseId, artifact(), '1.0.0');
    expect([decision, policy.name]).toEqual(['release', 'default-minor']);
    expect(plan).toMatchObject({
      releaseId,
      provider: 'acme',
      game: 'slots',
      version: '1.1.0',
      digest: 'd'.repeat(64),
      stableVersion: '1.0.0',
      drainMs: 7_000,
      requires: [{ subject: 'acme/rgs', range: '>=2.3.0' }],
    });
    expect(plan?.steps[1]).toMatchObject({ kind: 'analysis', minDurationMs: 1_000 });
    expect(plan?.analysis.metrics).toMatchObject([
      { name: 'error-rate', nullRate: 0.02, source: { kind: 'gateway', failures: 'errors' } },
      { name: 'slow-share', nullRate: 0.05, source: { kind: 'gateway', failures: 'slow' } },
    ]);
    expect(queueRelease(plan!, 0).events).toHaveLength(1);
  });

  it('turns on the flags that an order names, or else the manifest’s', () => {
    const flagsOf = (flags: string[]) =>
      service
        .planFor(releaseId, artifact(), '1.1.0', { strategy: 'flag', flags })
        .plan?.steps.flatMap((step) => (step.kind === 'setFlag' ? step.flag : []));
    expect(flagsOf([])).toEqual(['bonus']);
    expect(flagsOf(['jackpot'])).toEqual(['jackpot']);
  });

  it('goes by a policy that another replica has stored, a moment later', async () => {
    await books[1]!.put({
      name: 'by-hand',
      content: PolicyDocument.parse({
        scope: { provider: 'acme' },
        rules: { automation: { kind: 'manual' } },
      }),
      expected: { kind: 'absent' },
      author: 'anna',
      reason: 'for the test',
    });
    await eventually(() => service.planFor(releaseId, artifact(), '1.0.0').skipReason === 'manual');
    expect(service.planFor(releaseId, artifact(), '1.0.0').plan).not.toBeNull();
  });
});

function artifact(): ArtifactRegistered {
  const [provider, game, version] = ['acme', 'slots', '1.1.0'];
  return {
    provider,
    game,
    version,
    digest: 'd'.repeat(64),
    manifestUrl: 'http://provider.test/manifest.json',
    manifest: {
      manifestVersion: 1,
      provider,
      game,
      version,
      markets: ['MT'],
      files: [{ path: 'index.html', sizeBytes: 1, sha256: 'a'.repeat(64) }],
      server: { runtime: 'remote', url: 'http://provider.test' },
      client: { entry: 'index.html' },
      migrations: [],
      flags: ['bonus'],
      requires: [{ subject: 'acme/rgs' as never, range: '>=2.3.0' }],
    },
  };
}
