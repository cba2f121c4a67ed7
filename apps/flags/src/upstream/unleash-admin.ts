import { Injectable } from '@nestjs/common';
import { FlagDocument, SegmentDocument, type FlagSettings } from '@croupier/contracts';
import { canonicalJson } from '@croupier/persistence';
import { OutboundHttp, OutboundHttpError, ProblemException } from '@croupier/service-kit';
import { z } from 'zod';
import { FlagsConfig } from '../flags-config';
import { settingsIn } from '../flags/flag-settings';
import type { Kind } from '../ledger/documents';
import type { Outside } from '../ledger/outside';
import {
  AdminSegments,
  flagDocumentOf,
  parseAdminFeature,
  segmentDocumentOf,
  type AdminFeature,
} from './unleash-documents';

const PROJECT = '/projects/default';
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;

const Tokens = z.object({
  tokens: z.array(
    z.object({
      secret: z.string(),
      type: z.string(),
      environment: z.string().nullish(),
      projects: z.array(z.string()),
    }),
  ),
});
const ContextFields = z.array(z.object({ name: z.string() }));

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Reads and writes flags and segments by Unleash's admin API (https://docs.getunleash.io/api-overview). */
@Injectable()
export class UnleashAdmin implements Outside {
  constructor(
    private readonly http: OutboundHttp,
    private readonly config: FlagsConfig,
  ) {}

  keeps(kind: Kind): boolean {
    return kind === 'flag' || kind === 'segment';
  }

  async read(kind: Kind, name: string): Promise<unknown> {
    if (kind === 'segment') {
      const segment = await this.segment(name);
      return segment === undefined ? null : segmentDocumentOf(segment);
    }
    const feature = await this.feature(name);
    return feature === null ? null : flagDocumentOf(feature);
  }

  async write(kind: Kind, name: string, before: unknown, after: unknown): Promise<void> {
    if (!this.keeps(kind)) return;
    try {
      if (kind === 'segment') await this.writeSegment(name, after as SegmentDocument | null);
      else await this.writeFlag(name, before as FlagDocument | null, after as FlagDocument | null);
    } catch (error) {
      if (error instanceof OutboundHttpError && error.kind === 'status' && !error.retryable)
        throw refusedUpstream(error.message);
      throw error;
    }
  }

  /** One that the server has for SDKs of the environment; made when there is none. */
  async clientToken(environment: string): Promise<string> {
    const { tokens } = Tokens.parse(await this.call('GET', '/api-tokens'));
    const fitting = tokens.find(
      (token) =>
        (token.type === 'client' || token.type === 'backend') &&
        token.environment === environment &&
        token.projects.includes('*'),
    );
    if (fitting !== undefined) return fitting.secret;
    const order = { tokenName: 'croupier-flags', type: 'client', environment, projects: ['*'] };
    return z.object({ secret: z.string() }).parse(await this.call('POST', '/api-tokens', order)).secret;
  }

  private async writeFlag(
    name: string,
    before: FlagDocument | null,
    after: FlagDocument | null,
  ): Promise<void> {
    const path = `${PROJECT}/features/${encodeURIComponent(name)}`;
    if (after === null) return void (await this.call('DELETE', path));
    const { type, description, impressionData, stale } = after;
    if (before === null)
      await this.call('POST', `${PROJECT}/features`, { name, type, description, impressionData });
    if (before !== null || stale)
      await this.call('PUT', path, { name, type, description, impressionData, stale });
    await this.writeDependencies(path, before, after);
    const feature = await this.feature(name);
    for (const environment of Object.keys(after.environments)) {
      const was = feature?.environments.find((each) => each.name === environment);
      await this.writeSettings(path, environment, was, settingsIn(after, environment));
    }
  }

  /** What is on gets its new strategies before it loses the old ones, and what goes on gets them before it does. */
  private async writeSettings(
    path: string,
    environment: string,
    was: AdminFeature['environments'][number] | undefined,
    { enabled, strategies, variants }: FlagSettings,
  ): Promise<void> {
    const place = `${path}/environments/${encodeURIComponent(environment)}`;
    if (!enabled && was?.enabled === true) await this.call('POST', `${place}/off`);
    const old = was?.strategies ?? [];
    const kept = old.map(({ id: _, ...strategy }) => strategy);
    if (canonicalJson(kept) !== canonicalJson(strategies)) {
      await this.haveContextFields(strategies.flatMap(({ constraints }) => constraints));
      for (const strategy of strategies) await this.call('POST', `${place}/strategies`, strategy);
      for (const { id } of old) await this.call('DELETE', `${place}/strategies/${id}`);
    }
    if (canonicalJson(was?.variants ?? []) !== canonicalJson(variants))
      await this.call('PUT', `${place}/variants`, variants);
    if (enabled && was?.enabled !== true) await this.call('POST', `${place}/on`);
  }

  private async writeDependencies(
    path: string,
    before: FlagDocument | null,
    after: FlagDocument,
  ): Promise<void> {
    const [was, is] = [before?.dependencies ?? [], after.dependencies];
    if (canonicalJson(was) === canonicalJson(is)) return;
    for (const { feature } of was)
      if (!is.some((dependency) => dependency.feature === feature))
        await this.call('DELETE', `${path}/dependencies/${encodeURIComponent(feature)}`);
    for (const dependency of is) await this.call('POST', `${path}/dependencies`, dependency);
  }

  private async writeSegment(name: string, after: SegmentDocument | null): Promise<void> {
    const known = await this.segment(name);
    if (after === null)
      return void (known === undefined ? undefined : await this.call('DELETE', `/segments/${known.id}`));
    const { description, constraints } = after;
    await this.haveContextFields(constraints);
    const segment = { name, description, constraints };
    if (known === undefined) await this.call('POST', '/segments', segment);
    else await this.call('PUT', `/segments/${known.id}`, segment);
  }

  /** Unleash refuses constraints on fields that nobody has told it of. */
  private async haveContextFields(constraints: readonly { readonly contextName: string }[]): Promise<void> {
    if (constraints.length === 0) return;
    const known = new Set(ContextFields.parse(await this.call('GET', '/context')).map(({ name }) => name));
    for (const { contextName } of constraints) {
      if (known.has(contextName)) continue;
      known.add(contextName);
      await this.call('POST', '/context', { name: contextName });
    }
  }

  private async feature(name: string): Promise<AdminFeature | null> {
    try {
      return parseAdminFeature(await this.call('GET', `${PROJECT}/features/${encodeURIComponent(name)}`));
    } catch (error) {
      if (error instanceof OutboundHttpError && error.status === 404) return null;
      throw error;
    }
  }

  private async segment(name: string) {
    const { segments } = AdminSegments.parse(await this.call('GET', '/segments'));
    return segments.find((segment) => segment.name === name);
  }

  /** Twice at most: a transaction waits for it. All that it sends sets something, and may be sent again. */
  private async call(method: Method, path: string, body?: unknown): Promise<unknown> {
    const { url, adminToken } = this.config.upstream!;
    return this.http.sendJson(method, `${url}/api/admin${path}`, body, {
      headers: { authorization: adminToken },
      timeoutMs: TIMEOUT_MS,
      attempts: method === 'POST' ? 1 : 2,
      maxBytes: MAX_BYTES,
    });
  }
}

function refusedUpstream(detail: string): ProblemException {
  return new ProblemException({
    slug: 'refused-by-unleash',
    status: 422,
    title: 'The Unleash server refuses the change',
    detail,
    remedy: 'Change what it names; part of the change may have been made, so GET the flag first.',
  });
}
