import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { FlagDocument } from '@croupier/contracts';
import { Notifications } from '@croupier/persistence';
import { Metrics } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { FlagsConfig } from '../flags-config';
import { CHANNEL, type Entry } from '../ledger/ledger';
import { Upstream, type UpstreamState } from '../upstream/upstream';
import { clientFeature, type ClientFeature, type ClientSegment } from './client-feature';
import { LiveEnvironment } from './live-environment';
import { OwnEntries } from './own-entries';
import { Snapshot } from './snapshot';

/** Finds what no notification has told of. */
const POLL_MS = 1_000;

/** Every environment as it stands, in memory: answers need no database, and go on while it is away. */
@Injectable()
export class LiveFlags implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(LiveFlags.name);
  private readonly environments = new Map<string, LiveEnvironment>();
  private readonly notifications: Notifications;
  /** A flag's features by environment: a document never changes, another takes its place. */
  private readonly features = new WeakMap<FlagDocument, Map<string, ClientFeature>>();
  private lastLook: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isOutdated = false;

  constructor(
    dataSource: DataSource,
    private readonly entries: OwnEntries,
    private readonly upstream: Upstream,
    private readonly config: FlagsConfig,
    metrics: Metrics,
  ) {
    const schema = (dataSource.options as { schema?: string }).schema;
    this.notifications = new Notifications(dataSource, {
      channel: CHANNEL,
      onNotification: (payload) => payload === schema && this.look(),
      onConnected: () => this.look(),
    });
    const isOutdated = (): number => (this.isOutdated || this.upstream.isAway ? 1 : 0);
    metrics.gauge({
      name: 'flags_outdated',
      help: '1 while the database, or the Unleash server behind us, cannot be asked for changes',
      collect() {
        this.set(isOutdated());
      },
    });
  }

  /** Rejects when nothing can be loaded: to begin without the flags would be to turn them all off. */
  async onModuleInit(): Promise<void> {
    await this.entries.refresh();
    for (const { environment } of this.config.tokens) this.environment(environment);
    this.environment(this.config.releaseEnvironment);
    if (this.config.upstream !== null)
      await this.upstream.start((state) => this.takeUpstream(state), [...this.environments.keys()]);
    this.apply();
    this.notifications.open();
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.upstream.stop();
    await this.notifications.close();
    await this.lastLook;
  }

  /** Made when nobody has asked for it before. */
  environment(name: string): LiveEnvironment {
    let environment = this.environments.get(name);
    if (environment === undefined) {
      const { features, segments, revision } = this.ownState(name);
      environment = new LiveEnvironment(new Snapshot(name, revision, features, segments));
      this.environments.set(name, environment);
    }
    return environment;
  }

  /** What is committed by now is seen when this has resolved, unless the database is away. */
  refresh(): Promise<void> {
    // After a look that is under way: that one may have begun too early.
    this.lastLook = this.lastLook.then(() => this.readChanges());
    return this.lastLook;
  }

  /** Of the Unleash server behind us. */
  upstreamFlags(): Promise<Entry<'flag'>[]> {
    return this.upstream.flags();
  }

  private look(): void {
    void this.refresh();
  }

  private async readChanges(): Promise<void> {
    try {
      if (await this.entries.refresh()) this.apply();
      if (this.isOutdated) this.logger.log('Flags are up to date again');
      this.isOutdated = false;
    } catch (error) {
      if (!this.isOutdated) this.logger.warn(`Flags stay as they were: ${(error as Error).message}`);
      this.isOutdated = true;
    }
  }

  private apply(): void {
    for (const name of this.entries.environments.keys()) this.environment(name);
    for (const { environment } of this.entries.tokens.values()) this.environment(environment);
    if (this.config.upstream !== null) return this.upstream.follow([...this.environments.keys()]);
    for (const [name, environment] of this.environments) {
      const { features, segments, revision } = this.ownState(name);
      environment.update(features, segments, revision);
    }
  }

  private takeUpstream({ environment, features, segments, revision }: UpstreamState): void {
    this.environment(environment).update(features, segments, revision);
  }

  private ownState(environment: string): Omit<UpstreamState, 'environment'> {
    if (this.config.upstream !== null) return { features: new Map(), segments: new Map(), revision: 0 };
    const features = [...this.entries.flags]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, flag]) => [name, this.feature(name, flag, environment)] as const);
    const segments = [...this.entries.segments].map(
      ([name, { id, constraints }]): [number, ClientSegment] => [id, { id, name, constraints }],
    );
    return {
      features: new Map(features),
      segments: new Map(segments),
      revision: this.entries.flagsRevision,
    };
  }

  private feature(name: string, flag: FlagDocument, environment: string): ClientFeature {
    let features = this.features.get(flag);
    if (features === undefined) this.features.set(flag, (features = new Map<string, ClientFeature>()));
    let feature = features.get(environment);
    if (feature === undefined) features.set(environment, (feature = clientFeature(name, flag, environment)));
    return feature;
  }
}
