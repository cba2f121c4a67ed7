import type { CacheSelector } from '@croupier/contracts';
import type { CacheTarget, PurgeRun, ReadPaths } from '../cache-target';
import { inBatches } from '../http/batches';
import type { TargetHttp } from '../http/target-http';
import { TargetFault } from '../target-fault';
import type { NginxSettings } from '../target-settings';
import { isUrl, pathOf } from '../urls';

/** What the module answers for a page that is not cached: 404, and 412 in later versions. */
const NOT_CACHED = [404, 412];

/**
 * One or more nginx servers. Its cache knows files by their key alone: it has neither tags nor prefixes, so a page is
 * removed (ngx_cache_purge) or fetched anew in place (proxy_cache_bypass).
 */
export class NginxTarget implements CacheTarget {
  readonly kind = 'nginx';
  readonly name: string;
  readonly reads: ReadPaths;

  constructor(
    private readonly settings: NginxSettings,
    private readonly http: TargetHttp,
  ) {
    const { name, publicUrls, urls, originUrl, originHeaders } = settings;
    this.name = name;
    this.reads = { through: publicUrls.length > 0 ? publicUrls : urls, origin: originUrl, originHeaders };
  }

  supports(selector: CacheSelector): boolean {
    return selector.kind === 'keys' && selector.keys.every(isUrl);
  }

  async count(): Promise<null> {
    return null;
  }

  purge(selector: CacheSelector, run: PurgeRun): Promise<number | null> {
    if (selector.kind !== 'keys') throw new TargetFault(`nginx cannot purge by ${selector.kind}`, false);
    return inBatches(selector.keys.map(pathOf), { items: 1 }, run, async ([path = '/']) => {
      const gone = await Promise.all(this.settings.urls.map((url) => this.remove(url, path, run.signal)));
      return gone.filter(Boolean).length;
    });
  }

  private async remove(url: string, path: string, signal: AbortSignal): Promise<boolean> {
    const { method, token, purgePath } = this.settings;
    if (method === 'bypass') {
      await this.http.send({
        method: 'GET',
        url: url + path,
        headers: { 'x-cache-bypass': token },
        accepted: [404, 410],
        maxBytes: Infinity,
        signal,
      });
      return true;
    }
    const { status } = await this.http.send({
      method: 'PURGE',
      url: url + purgePath + path,
      accepted: NOT_CACHED,
      signal,
    });
    return status < 300;
  }
}
