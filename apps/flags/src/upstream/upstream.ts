import { Injectable, Logger } from '@nestjs/common';
import { OutboundHttp } from '@croupier/service-kit';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlagDocument } from '@croupier/contracts';
import { FlagsConfig } from '../flags-config';
import type { Entry } from '../ledger/ledger';
import type { ClientFeature, ClientSegment } from '../live/client-feature';
import { UnleashAdmin } from './unleash-admin';
import { featuresOf, parseClientFeatures, segmentsOf } from './unleash-client-features';
import { flagDocumentOfFeatures } from './unleash-documents';
import { UpstreamSnapshots } from './upstream-snapshots';

export interface UpstreamState {
  readonly environment: string;
  readonly features: ReadonlyMap<string, ClientFeature>;
  readonly segments: ReadonlyMap<number, ClientSegment>;
  readonly revision: number;
}

const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 5_000;

interface Followed {
  token: string | null;
  etag: string | null;
  latest: UpstreamState | null;
}

/** Reads an Unleash server through, as an SDK of each environment would: polled, with the ETag of what is known. */
@Injectable()
export class Upstream {
  private readonly logger = new Logger(Upstream.name);
  private readonly followed = new Map<string, Followed>();
  private readonly stopping = new AbortController();
  private readonly loops: Promise<void>[] = [];
  private readonly away = new Set<string>();
  private onState: (state: UpstreamState) => void = () => undefined;

  constructor(
    private readonly http: OutboundHttp,
    private readonly admin: UnleashAdmin,
    private readonly snapshots: UpstreamSnapshots,
    private readonly config: FlagsConfig,
  ) {}

  get isAway(): boolean {
    return this.away.size > 0;
  }

  /** Rejects when an environment cannot be read and never was: to begin without its flags would be to turn them off. */
  async start(onState: (state: UpstreamState) => void, environments: readonly string[]): Promise<void> {
    this.onState = onState;
    for (const environment of environments) await this.begin(environment);
  }

  /** Takes on environments that have come up since. */
  follow(environments: readonly string[]): void {
    for (const environment of environments) {
      if (this.followed.has(environment)) continue;
      this.followed.set(environment, { token: null, etag: null, latest: null });
      this.loops.push(this.poll(environment));
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  /** All flags as they were last seen in the environments that are followed. */
  async flags(): Promise<Entry<'flag'>[]> {
    const features = new Map<string, Map<string, ClientFeature>>();
    for (const [environment, { latest }] of this.followed)
      for (const [name, feature] of latest?.features ?? []) {
        const known = features.get(name) ?? new Map<string, ClientFeature>();
        features.set(name, known.set(environment, feature));
      }
    return [...features]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, byEnvironment]) => entryOf(name, flagDocumentOfFeatures(byEnvironment)));
  }

  private async begin(environment: string): Promise<void> {
    const followed: Followed = { token: null, etag: null, latest: null };
    this.followed.set(environment, followed);
    try {
      await this.read(environment, followed);
    } catch (error) {
      const kept = await this.snapshots.last(environment);
      if (kept === null) throw error;
      this.logger.warn(`Starting with what was last known of ${environment}: ${(error as Error).message}`);
      this.away.add(environment);
      this.take(environment, followed, kept);
    }
    this.loops.push(this.poll(environment));
  }

  private async poll(environment: string): Promise<void> {
    const { signal } = this.stopping;
    const followed = this.followed.get(environment)!;
    const pollMs = this.config.upstream?.pollMs ?? 1_000;
    while (!signal.aborted) {
      // A tenth of jitter keeps replicas from asking in step.
      await sleep(pollMs * (0.95 + Math.random() / 10), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.read(environment, followed);
        if (this.away.delete(environment)) this.logger.log(`${environment} is up to date again`);
      } catch (error) {
        if (!this.away.has(environment))
          this.logger.warn(`${environment} stays as it was: ${(error as Error).message}`);
        this.away.add(environment);
      }
    }
  }

  private async read(environment: string, followed: Followed): Promise<void> {
    followed.token ??= await this.admin.clientToken(environment);
    const headers = {
      authorization: followed.token,
      'unleash-appname': 'croupier-flags',
      'unleash-client-spec': '5.2.0',
      ...(followed.etag === null ? {} : { 'if-none-match': followed.etag }),
    };
    const { status, body } = await this.http.get(`${this.config.upstream!.url}/api/client/features`, {
      headers,
      timeoutMs: TIMEOUT_MS,
      attempts: 1,
      maxBytes: MAX_BYTES,
    });
    if (status === 304) return;
    const answer: unknown = JSON.parse(body.toString('utf8'));
    const features = this.take(environment, followed, answer);
    await this.snapshots.keep(environment, features);
  }

  private take(
    environment: string,
    followed: Followed,
    answer: unknown,
  ): ReturnType<typeof parseClientFeatures> {
    const features = parseClientFeatures(answer);
    followed.latest = {
      environment,
      features: featuresOf(features),
      segments: segmentsOf(features),
      revision: features.meta.revisionId,
    };
    followed.etag = features.meta.etag;
    this.onState(followed.latest);
    return features;
  }
}

function entryOf(name: string, document: FlagDocument): Entry<'flag'> {
  return { name, document, version: 0, createdAt: new Date(0), updatedAt: new Date(0) };
}
