import { versionCacheTag, type CacheSelector } from '@croupier/contracts';
import { z } from 'zod';
import type { CacheTarget, PurgeRun, ReadPaths } from '../cache-target';
import { inBatches } from '../http/batches';
import type { TargetHttp } from '../http/target-http';
import { TargetFault } from '../target-fault';
import type { FastlySettings } from '../target-settings';
import { isUrl, pathOf } from '../urls';
import { answerOf } from './answer-of';

/** https://www.fastly.com/documentation/reference/api/purging/: 256 surrogate keys in one request. */
const KEYS_LIMITS = { items: 256 };

/** By surrogate key, the id of its purge. */
const BatchAnswer = z.record(z.string(), z.string());

/** The purging API of Fastly. It has no prefixes: tag what belongs together. */
export class FastlyTarget implements CacheTarget {
  readonly kind = 'fastly';
  readonly name: string;
  readonly reads: ReadPaths;

  constructor(
    private readonly settings: FastlySettings,
    private readonly http: TargetHttp,
  ) {
    const { name, publicUrls, originUrl, originHeaders } = settings;
    this.name = name;
    this.reads = { through: publicUrls, origin: originUrl, originHeaders };
  }

  supports(selector: CacheSelector): boolean {
    if (selector.kind === 'keys') return selector.keys.every(isUrl);
    return selector.kind !== 'prefix' && selector.kind !== 'pattern';
  }

  async count(): Promise<null> {
    return null;
  }

  async purge(selector: CacheSelector, run: PurgeRun): Promise<null> {
    switch (selector.kind) {
      case 'tags':
        await this.purgeTags(selector.tags, run);
        return null;
      case 'version':
        await this.purgeTags([versionCacheTag(selector.provider, selector.game, selector.version)], run);
        return null;
      case 'keys':
        await inBatches(selector.keys.map(pathOf), { items: 1 }, run, async ([path = '/']) => {
          await this.post(`/purge/${this.settings.host}${path}`, null, run.signal);
          return null;
        });
        return null;
      case 'everything':
        // Has no soft form.
        await this.post(`/service/${this.settings.serviceId}/purge_all`, null, run.signal);
        return null;
      default:
        throw new TargetFault(`Fastly cannot purge by ${selector.kind}`, false);
    }
  }

  private purgeTags(tags: readonly string[], run: PurgeRun): Promise<null | number> {
    return inBatches(tags, KEYS_LIMITS, run, async (batch) => {
      const path = `/service/${this.settings.serviceId}/purge`;
      const answer = answerOf(BatchAnswer, await this.post(path, { surrogate_keys: batch }, run.signal));
      const left = batch.filter((tag) => answer[tag] === undefined);
      if (left.length > 0)
        throw new TargetFault(`${left.length} of ${batch.length} surrogate keys were not confirmed`, true);
      return null;
    });
  }

  private async post(path: string, body: object | null, signal: AbortSignal): Promise<Buffer> {
    const { apiUrl, token, soft } = this.settings;
    const answer = await this.http.send({
      method: 'POST',
      url: apiUrl + path,
      headers: {
        'fastly-key': token,
        accept: 'application/json',
        ...(soft ? { 'fastly-soft-purge': '1' } : {}),
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    return answer.body;
  }
}
