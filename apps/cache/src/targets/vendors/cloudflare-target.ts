import { versionCacheTag, type CacheSelector } from '@croupier/contracts';
import { z } from 'zod';
import type { CacheTarget, PurgeRun, ReadPaths } from '../cache-target';
import { inBatches } from '../http/batches';
import { Pacer } from '../http/pacer';
import type { TargetHttp } from '../http/target-http';
import { TargetFault } from '../target-fault';
import type { CloudflareSettings } from '../target-settings';
import { isUrl, pathOf } from '../urls';
import { answerOf } from './answer-of';

/** https://developers.cloudflare.com/cache/how-to/purge-cache/: requests a second, bucket, URLs in one request. */
const LIMITS = {
  free: { perSecond: 5 / 60, burst: 25, urls: 100 },
  pro: { perSecond: 5, burst: 25, urls: 100 },
  business: { perSecond: 10, burst: 50, urls: 100 },
  enterprise: { perSecond: 50, burst: 500, urls: 500 },
} as const;
/** Tags, prefixes and hosts in one request, on every plan. */
const OPERATIONS = { items: 100 };

const PurgeAnswer = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
});

/** The purge API of a Cloudflare zone. */
export class CloudflareTarget implements CacheTarget {
  readonly kind = 'cloudflare';
  readonly name: string;
  readonly reads: ReadPaths;
  private readonly pacer: Pacer;

  constructor(
    private readonly settings: CloudflareSettings,
    private readonly http: TargetHttp,
  ) {
    const { name, publicUrls, originUrl, originHeaders, plan } = settings;
    this.name = name;
    this.reads = { through: publicUrls, origin: originUrl, originHeaders };
    this.pacer = new Pacer(LIMITS[plan].perSecond, LIMITS[plan].burst);
  }

  supports(selector: CacheSelector): boolean {
    if (selector.kind === 'keys') return selector.keys.every(isUrl);
    return selector.kind === 'prefix' ? isUrl(selector.prefix) : selector.kind !== 'pattern';
  }

  async count(): Promise<null> {
    return null;
  }

  purge(selector: CacheSelector, run: PurgeRun): Promise<number | null> {
    const { host, plan } = this.settings;
    const sending = (field: string) => async (batch: readonly string[]) => {
      await this.post({ [field]: batch }, run.signal);
      return null;
    };
    switch (selector.kind) {
      case 'tags':
        return inBatches(selector.tags, OPERATIONS, run, sending('tags'));
      case 'version': {
        const tag = versionCacheTag(selector.provider, selector.game, selector.version);
        return inBatches([tag], OPERATIONS, run, sending('tags'));
      }
      case 'keys': {
        const files = selector.keys.map((key) => (key.startsWith('/') ? `https://${host}${key}` : key));
        return inBatches(files, { items: LIMITS[plan].urls }, run, sending('files'));
      }
      case 'prefix':
        // Without a scheme, as the API has it.
        return inBatches([prefixOf(host, selector.prefix)], OPERATIONS, run, sending('prefixes'));
      case 'everything':
        return inBatches([host], OPERATIONS, run, sending('hosts'));
      case 'pattern':
        throw new TargetFault('Cloudflare cannot purge by pattern', false);
    }
  }

  private async post(body: object, signal: AbortSignal): Promise<void> {
    const { apiUrl, zoneId, token } = this.settings;
    await this.pacer.take(1, signal);
    const answer = await this.http.send({
      method: 'POST',
      url: `${apiUrl}/zones/${zoneId}/purge_cache`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    const { success, errors } = answerOf(PurgeAnswer, answer.body);
    if (success) return;
    throw new TargetFault(
      errors.map(({ code, message }) => `${code} ${message}`).join('; ') || 'refused',
      true,
    );
  }
}

function prefixOf(host: string, prefix: string): string {
  return prefix.startsWith('/') ? host + prefix : new URL(prefix).host + pathOf(prefix);
}
