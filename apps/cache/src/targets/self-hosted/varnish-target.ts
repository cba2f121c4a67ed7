import { versionCacheTag, type CacheSelector } from '@croupier/contracts';
import type { CacheTarget, PurgeRun, ReadPaths } from '../cache-target';
import { inBatches } from '../http/batches';
import type { TargetHttp } from '../http/target-http';
import type { VarnishSettings } from '../target-settings';
import { escapeRegex, isUrl, pathOf } from '../urls';

/** Under `http_req_hdr_len` of Varnish, 8 KiB unless configured (varnishd(1)). */
const TAGS_LIMITS = { items: 256, bytes: 4_096 };
const ONE_BY_ONE = { items: 1 };

/** One or more Varnish servers with the VCL of deploy/varnish. Each keeps copies of its own, so each is asked. */
export class VarnishTarget implements CacheTarget {
  readonly kind = 'varnish';
  readonly name: string;
  readonly reads: ReadPaths;

  constructor(
    private readonly settings: VarnishSettings,
    private readonly http: TargetHttp,
  ) {
    const { name, publicUrls, urls, originUrl, originHeaders } = settings;
    this.name = name;
    this.reads = { through: publicUrls.length > 0 ? publicUrls : urls, origin: originUrl, originHeaders };
  }

  supports(selector: CacheSelector): boolean {
    switch (selector.kind) {
      case 'keys':
        return selector.keys.every(isUrl);
      case 'prefix':
        return isUrl(selector.prefix);
      case 'pattern':
        return isUrl(selector.pattern);
      default:
        return true;
    }
  }

  /** xkey counts what it removes and nothing else. */
  async count(): Promise<null> {
    return null;
  }

  purge(selector: CacheSelector, run: PurgeRun): Promise<number | null> {
    switch (selector.kind) {
      case 'tags':
        return this.purgeTags(selector.tags, run);
      case 'version':
        return this.purgeTags([versionCacheTag(selector.provider, selector.game, selector.version)], run);
      case 'keys':
        return inBatches(selector.keys.map(pathOf), ONE_BY_ONE, run, async ([path = '/']) => {
          await this.atEachNode('PURGE', path, {}, run.signal);
          return null;
        });
      case 'prefix':
        return this.ban(`^${escapeRegex(pathOf(selector.prefix))}`, run);
      case 'pattern':
        return this.ban(`^${regexOf(pathOf(selector.pattern))}$`, run);
      case 'everything':
        return this.ban('.', run);
    }
  }

  private purgeTags(tags: readonly string[], run: PurgeRun): Promise<number | null> {
    const header = this.settings.soft ? 'xkey-softpurge' : 'xkey-purge';
    return inBatches(tags, TAGS_LIMITS, run, async (batch) => {
      const purged = await this.atEachNode('PURGE', '/', { [header]: batch.join(' ') }, run.signal);
      return purged.reduce((sum, each) => sum + each, 0);
    });
  }

  /** Objects are tested against a ban when they are asked for next: none that it fits is served again. */
  private async ban(expression: string, run: PurgeRun): Promise<null> {
    await this.atEachNode('BAN', '/', { 'x-ban-url': expression }, run.signal);
    run.onProgress(1, 1, null);
    return null;
  }

  /** What each says that it has purged. */
  private async atEachNode(
    method: 'PURGE' | 'BAN',
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<number[]> {
    const { urls, token } = this.settings;
    return Promise.all(
      urls.map(async (url) => {
        const answer = await this.http.send({
          method,
          url: url + path,
          headers: { ...headers, 'x-purge-token': token },
          signal,
        });
        return Number(answer.headers['x-purged'] ?? 0);
      }),
    );
  }
}

function regexOf(pattern: string): string {
  return escapeRegex(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
}
