import { versionCacheTag, type CacheSelector } from '@croupier/contracts';
import { z } from 'zod';
import type { CacheTarget, PurgeRun, ReadPaths } from '../cache-target';
import { inBatches } from '../http/batches';
import { Pacer } from '../http/pacer';
import type { TargetHttp } from '../http/target-http';
import { TargetFault } from '../target-fault';
import type { AkamaiSettings } from '../target-settings';
import { isUrl } from '../urls';
import { answerOf } from './answer-of';
import { edgeGridAuthorization } from './edge-grid';

/**
 * https://techdocs.akamai.com/purge-cache/reference/rate-limiting: 50 KB of body, 100 requests refilled by 50 a second,
 * and objects of each type. The braces and the field's name are part of the body.
 */
const BODY_BYTES = 50_000 - 100;
const OBJECTS = {
  url: { items: 10_000, perSecond: 200 },
  tag: { items: 5_000, perSecond: 500 / 60 },
  cpcode: { items: 300, perSecond: 30 / 60 },
} as const;
type ObjectType = keyof typeof OBJECTS;
const REQUESTS = { perSecond: 50, burst: 100 };

const PurgeAnswer = z.object({ httpStatus: z.number(), detail: z.string(), purgeId: z.string() });

/** Akamai's Fast Purge (CCU v3). */
export class AkamaiTarget implements CacheTarget {
  readonly kind = 'akamai';
  readonly name: string;
  readonly reads: ReadPaths;
  private readonly requests = new Pacer(REQUESTS.perSecond, REQUESTS.burst);
  private readonly objects: Record<ObjectType, Pacer> = {
    url: new Pacer(OBJECTS.url.perSecond, OBJECTS.url.items),
    tag: new Pacer(OBJECTS.tag.perSecond, OBJECTS.tag.items),
    cpcode: new Pacer(OBJECTS.cpcode.perSecond, OBJECTS.cpcode.items),
  };

  constructor(
    private readonly settings: AkamaiSettings,
    private readonly http: TargetHttp,
  ) {
    const { name, publicUrls, originUrl, originHeaders } = settings;
    this.name = name;
    this.reads = { through: publicUrls, origin: originUrl, originHeaders };
  }

  supports(selector: CacheSelector): boolean {
    switch (selector.kind) {
      case 'keys':
        return selector.keys.every(isUrl);
      case 'tags':
      case 'version':
        return true;
      case 'everything':
        return this.settings.cpCodes.length > 0;
      default:
        return false;
    }
  }

  async count(): Promise<null> {
    return null;
  }

  purge(selector: CacheSelector, run: PurgeRun): Promise<number | null> {
    switch (selector.kind) {
      case 'tags':
        return this.send('tag', selector.tags, run);
      case 'version':
        return this.send('tag', [versionCacheTag(selector.provider, selector.game, selector.version)], run);
      case 'keys': {
        const { host } = this.settings;
        const urls = selector.keys.map((key) => (key.startsWith('/') ? `https://${host}${key}` : key));
        return this.send('url', urls, run);
      }
      case 'everything':
        return this.send('cpcode', this.settings.cpCodes.map(String), run);
      default:
        throw new TargetFault(`Akamai cannot purge by ${selector.kind}`, false);
    }
  }

  private send(type: ObjectType, objects: readonly string[], run: PurgeRun): Promise<number | null> {
    // Two quotes and a comma around each; what is escaped in JSON is none of what selectors have but quotes and \.
    const limits = { items: OBJECTS[type].items, bytes: BODY_BYTES, overheadBytes: 3 };
    return inBatches(objects, limits, run, async (batch) => {
      await this.requests.take(1, run.signal);
      await this.objects[type].take(batch.length, run.signal);
      await this.post(type, type === 'cpcode' ? batch.map(Number) : batch, run.signal);
      return null;
    });
  }

  private async post(
    type: ObjectType,
    objects: readonly (string | number)[],
    signal: AbortSignal,
  ): Promise<void> {
    const { apiUrl, action, network } = this.settings;
    const url = `${apiUrl}/ccu/v3/${action}/${type}/${network}`;
    const body = JSON.stringify({ objects });
    const answer = await this.http.send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        authorization: edgeGridAuthorization(url, body, this.settings),
      },
      body,
      signal,
    });
    const { httpStatus, detail } = answerOf(PurgeAnswer, answer.body);
    if (httpStatus !== 201) throw new TargetFault(`Akamai answered ${httpStatus}: ${detail}`, true);
  }
}
