import type {
  ArtifactRegistered,
  CloudEvent,
  FlagRequested,
  ReleaseStaged,
  ReleaseView,
  SubjectRoute,
  TimelineEntry,
} from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import {
  eventually,
  FakeGateway,
  freshDatabase,
  GameServer,
  registered,
  type FreshDatabase,
} from '@croupier/testing';
import request from 'supertest';
import { service } from '../src/service';

const OPERATOR = 'operator-token-of-the-test';
const SERVICE = 'service-token-of-the-test';
const PATIENCE = { timeoutMs: 60_000 };

/** A deployer with a gateway, game servers, and a migrator and flags that do what they are asked. */
export class TestDeployer {
  /** Share of failed requests by version. */
  readonly errorRates = new Map<string, number>();
  readonly gateway: FakeGateway;

  private constructor(
    private readonly database: FreshDatabase,
    private readonly games: GameServer,
    private readonly bus: EmbeddedBus,
    private readonly running: RunningService,
  ) {
    this.gateway = new FakeGateway(
      () => [running.url],
      SERVICE,
      (version) => this.errorRates.get(version) ?? 0,
    );
    this.gateway.start();
  }

  static async start(variables: NodeJS.ProcessEnv = {}): Promise<TestDeployer> {
    const games = new GameServer();
    await games.start();
    const database = await freshDatabase();
    const bus = new EmbeddedBus();
    await bus.subscribe('migrator', ['release.staged'], async (event) => {
      const { digest: _, migrations: __, ...release } = event.data as ReleaseStaged;
      const outcome = { ...release, scripts: [], detail: 'no scripts' };
      await bus.publish([newEvent('migration.applied', outcome, { source: 'croupier/migrator' })]);
    });
    await bus.subscribe('flags', ['flag.requested'], async (event) => {
      const { flag, enabled, releaseId } = event.data as FlagRequested;
      const change = { flag, before: !enabled, after: enabled, reason: 'a step', releaseId };
      await bus.publish([newEvent('flag.changed', change, { source: 'croupier/flags' })]);
    });
    const environment = {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      OPERATOR_TOKEN: OPERATOR,
      SERVICE_TOKEN: SERVICE,
      ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
      REMOTE_SERVER_HOSTS: '127.0.0.1',
      STEP_MIN_DURATION_MS: '1',
      STEP_MIN_REQUESTS: '10',
      DRAIN_MS: '600000',
      ...variables,
    };
    const running = await startService(service, { bus, cache: new InProcessCache(), environment });
    return new TestDeployer(database, games, bus, running);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.running.stop();
    await this.bus.close();
    await this.games.stop();
    await this.database.drop();
  }

  get url(): string {
    return this.running.url;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** What an operator authenticates with. */
  get bearer(): string {
    return `Bearer ${OPERATOR}`;
  }

  call(method: 'get' | 'put' | 'post' | 'delete', path: string): request.Test {
    return request(this.running.url)[method](path).set('authorization', this.bearer);
  }

  /** Where a provider's server of this version answers. */
  serverUrl(version: string): string {
    return `${this.games.url}/${version}`;
  }

  async ship(
    game: string,
    version: string,
    manifest: Partial<ArtifactRegistered['manifest']> = {},
    clearance?: ArtifactRegistered['clearance'],
  ): Promise<CloudEvent> {
    const plain = registered(game, version, this.games.url, manifest);
    const event = { ...plain, data: { ...plain.data, ...(clearance && { clearance }) } };
    await this.bus.publish([event]);
    return event;
  }

  /** Says where a version is certified, or with no markets that it is revoked. */
  async clear(
    game: string,
    version: string,
    revision: number,
    markets: readonly string[] | 'revoked',
  ): Promise<void> {
    const revoked = markets === 'revoked';
    const clearance = { revision, markets: revoked ? [] : [...markets], revoked };
    const reason = revoked ? 'the laboratory withdraws it' : 'the laboratory says so';
    const change = {
      ...{ provider: 'acme', game, version, digest: 'd'.repeat(64) },
      ...{ clearance, reason, actor: 'lab' },
    };
    await this.bus.publish([newEvent('clearance.changed', change, { source: 'croupier/registry' })]);
  }

  /** The same message once more. */
  async repeat(event: CloudEvent): Promise<void> {
    await this.bus.publish([event]);
  }

  async releasesOf(game: string, version: string): Promise<ReleaseView[]> {
    const { body } = await this.call('get', `/v1/releases?game=${game}&version=${version}`).expect(200);
    return body.releases;
  }

  releaseIn(game: string, version: string, status: string): Promise<ReleaseView> {
    return eventually(
      async () => (await this.releasesOf(game, version)).find((release) => release.status === status),
      PATIENCE,
    );
  }

  async timeline({ id }: ReleaseView): Promise<TimelineEntry[]> {
    const { body } = await this.call('get', `/v1/releases/${id}/timeline`).expect(200);
    return body.entries;
  }

  /** The release's timeline once it has an entry of the type. */
  untilTold(release: ReleaseView, type: string): Promise<TimelineEntry[]> {
    return eventually(async () => {
      const entries = await this.timeline(release);
      return entries.some((entry) => entry.type === type) && entries;
    }, PATIENCE);
  }

  command({ id }: ReleaseView, command: string, body: object = {}): request.Test {
    return this.call('post', `/v1/releases/${id}/${command}`).send({ reason: 'a rehearsal', ...body });
  }

  /** The route that the gateway deals a game by, once it is so. */
  untilRouted(game: string, isSo: (route: SubjectRoute) => boolean): Promise<SubjectRoute> {
    const found = (): SubjectRoute | null =>
      this.gateway.snapshot.subjects.find((route) => route.game === game && isSo(route)) ?? null;
    return eventually(found, PATIENCE);
  }

  /** What the gateway deals of a game, once it is so. */
  untilDealt(game: string, stable: string): Promise<unknown> {
    return eventually(() => {
      const route = this.gateway.snapshot.subjects.find((subject) => subject.game === game);
      return route?.stable.version === stable && route.canary === null && route;
    }, PATIENCE);
  }
}
