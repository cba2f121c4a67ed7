import { Sha256 } from '@croupier/contracts';
import { z } from 'zod';
import type { FileSettings } from '../../artifact-config';
import { Refused } from '../../rejections/rejection';
import { authorizationFor, isUnder, type FileAccess } from './file-access';

/** https://jfrog.com/help/r/jfrog-rest-apis/file-info */
const FileInfo = z.object({
  downloadUri: z.string(),
  size: z.coerce.number().int().min(0),
  checksums: z.object({ sha256: Sha256.optional() }),
});

/** JFrog Artifactory: `/api/storage/<repository>/<path>` tells the checksums and the size that it keeps of a file. */
export function artifactoryAccess(settings: FileSettings): FileAccess {
  const headers = (url: string): Record<string, string> => authorizationFor(settings, url);
  return {
    repository: 'artifactory',
    headers,
    record: async (url, fetching) => {
      const path = new URL(url).pathname.slice(new URL(settings.url).pathname.replace(/\/$/, '').length);
      const storage = `${settings.url}/api/storage${path}`;
      const { body } = await fetching.get(storage, { headers: headers(storage) });
      const { size, checksums, downloadUri } = answerOf(body, storage);
      if (checksums.sha256 === undefined)
        throw new Refused(
          'digest-mismatch',
          `${url}: Artifactory keeps no SHA-256 of it, and weaker digests do not count`,
        );
      // Behind a proxy it may name itself by an address that is only good inside.
      const downloadUrl = URL.canParse(downloadUri) && isUnder(settings.url, downloadUri) ? downloadUri : url;
      return { sha256: checksums.sha256, sizeBytes: size, downloadUrl };
    },
  };
}

function answerOf(body: Buffer, url: string): z.infer<typeof FileInfo> {
  try {
    return FileInfo.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw new Refused('unreachable', `${new URL(url).origin} does not answer as Artifactory does`);
  }
}
