import { Sha256 } from '@croupier/contracts';
import { z } from 'zod';
import type { FileSettings } from '../../artifact-config';
import { Refused } from '../../rejections/rejection';
import { authorizationFor, isUnder, type FileAccess } from './file-access';

/** https://help.sonatype.com/en/search-api.html, 'Search Assets' */
const AssetPage = z.object({
  items: z.array(
    z.object({
      downloadUrl: z.string(),
      path: z.string(),
      repository: z.string(),
      checksum: z.object({ sha256: Sha256.optional() }).nullish(),
      fileSize: z.number().int().min(0).optional(),
    }),
  ),
});

/**
 * Nexus Repository 3: its search tells the checksum and the size that it keeps of an asset. Files are in raw
 * repositories, at `/repository/<repository>/<path>`; the name of an asset is its path there.
 */
export function nexusAccess(settings: FileSettings): FileAccess {
  const headers = (url: string): Record<string, string> => authorizationFor(settings, url);
  return {
    repository: 'nexus',
    headers,
    record: async (url, fetching) => {
      const { repository, path } = placeOf(settings.url, url);
      const search = new URL(`${settings.url}/service/rest/v1/search/assets`);
      search.searchParams.set('repository', repository);
      // Names of raw assets begin with a slash in newer versions, and with none in older ones.
      for (const name of [`/${path}`, path]) {
        search.searchParams.set('name', name);
        const { body } = await fetching.get(search.href, { headers: headers(search.href) });
        const asset = assetsIn(body, search.href).find(
          (item) => item.repository === repository && bare(item.path) === path,
        );
        if (!asset) continue;
        const sha256 = asset.checksum?.sha256;
        if (sha256 !== undefined)
          return { sha256, sizeBytes: asset.fileSize ?? null, downloadUrl: downloadOf(asset.downloadUrl) };
        throw new Refused(
          'digest-mismatch',
          `${url}: Nexus keeps no SHA-256 of it, and weaker digests do not count`,
        );
      }
      throw new Refused('unreachable', `Nexus knows no ${path} in ${repository}`);
    },
  };

  /** Nexus behind a proxy may name itself by an address that is only good inside. */
  function downloadOf(downloadUrl: string): string {
    if (!URL.canParse(downloadUrl) || isUnder(settings.url, downloadUrl)) return downloadUrl;
    const { pathname } = new URL(downloadUrl);
    return settings.url + pathname.slice(Math.max(pathname.indexOf('/repository/'), 0));
  }
}

function placeOf(base: string, url: string): { repository: string; path: string } {
  const inside = decoded(new URL(url).pathname.slice(new URL(base).pathname.replace(/\/$/, '').length));
  const [, repository, path] = /^\/repository\/([^/]+)\/(.+)$/.exec(inside) ?? [];
  if (repository === undefined || path === undefined)
    throw new Refused('unreachable', `${url} is not of the form ${base}/repository/<repository>/<path>`);
  return { repository, path };
}

/** Empty for what is no percent-encoding. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function bare(path: string): string {
  return path.replace(/^\//, '');
}

function assetsIn(body: Buffer, url: string): z.infer<typeof AssetPage>['items'] {
  try {
    return AssetPage.parse(JSON.parse(body.toString('utf8'))).items;
  } catch {
    throw new Refused('unreachable', `${new URL(url).origin} does not answer as Nexus Repository 3 does`);
  }
}
