import { MANIFEST_LIMITS, type ManifestFile } from '@croupier/contracts';
import type { Fetching } from '../../fetching';
import { Refused } from '../../rejections/rejection';
import { sha256Of } from '../../sha256';
import type { DetachedSignature, LocatedArtifact } from '../artifact-repository';
import type { FileAccess } from './file-access';

/** A signature of RSA with 16,384 bits, and some more. */
const SIGNATURE_BYTES = 8 * 1024;

/** A manifest and, relative to it, the files that it lists. */
export async function locateFiles(
  access: FileAccess,
  manifestUrl: string,
  fetching: Fetching,
): Promise<LocatedArtifact> {
  const record = await access.record(manifestUrl, fetching);
  const answer = await fetching.get(record?.downloadUrl ?? manifestUrl, {
    headers: access.headers(record?.downloadUrl ?? manifestUrl),
    maxBytes: MANIFEST_LIMITS.manifestBytes,
  });
  const sha256 = sha256Of(answer.body);
  agree('the manifest', sha256, {
    ...(record ? { kept: record.sha256 } : {}),
    sent: sentSha256(answer.headers),
  });
  return {
    repository: access.repository,
    pinned: manifestUrl,
    image: null,
    digest: record ? `sha256:${record.sha256}` : null,
    manifest: answer.body,
    servedByOrigin: Object.keys(access.headers(manifestUrl)).length === 0 && answer.url === manifestUrl,
    parts: [],
    referrers: [],
    checkFile: (file, scope) => checkFile(access, manifestUrl, file, scope),
    checkPart: () => Promise.resolve(),
    signatures: (scope) => signatureOf(access, manifestUrl, answer.body, scope),
  };
}

/** Where the bytes of a file are, which was checked when the version was registered. */
export async function fileAddress(
  access: FileAccess,
  manifestUrl: string,
  path: string,
  fetching: Fetching,
): Promise<{ url: string; headers: Record<string, string> }> {
  const url = new URL(path, manifestUrl).href;
  const downloadUrl = (await access.record(url, fetching))?.downloadUrl ?? url;
  return { url: downloadUrl, headers: access.headers(downloadUrl) };
}

async function checkFile(
  access: FileAccess,
  manifestUrl: string,
  { path, sizeBytes, sha256 }: ManifestFile,
  fetching: Fetching,
): Promise<void> {
  fetching.expect(sizeBytes, path);
  const url = new URL(path, manifestUrl).href;
  const record = await access.record(url, fetching);
  if (record && record.sha256 !== sha256)
    throw new Refused('digest-mismatch', `${path} is kept with SHA-256 ${record.sha256}, not ${sha256}`, {
      digest: record.sha256,
    });
  const downloadUrl = record?.downloadUrl ?? url;
  const found = await fetching.digest(downloadUrl, {
    headers: access.headers(downloadUrl),
    maxBytes: sizeBytes,
  });
  const { sizeBytes: size, sha256: digest } = found;
  if (size !== sizeBytes)
    throw new Refused('digest-mismatch', `${path} has ${size} bytes, not ${sizeBytes}`, {
      digest,
      sizeBytes: size,
    });
  if (digest !== sha256)
    throw new Refused('digest-mismatch', `${path} has SHA-256 ${digest}, not ${sha256}`, {
      digest,
      sizeBytes: size,
    });
  agree(path, digest, { sent: sentSha256(found.headers) });
}

/** A repository that contradicts itself about a file is not believed. */
function agree(
  what: string,
  sha256: string,
  { kept, sent }: { readonly kept?: string; readonly sent: string | undefined },
): void {
  if (kept !== undefined && kept !== sha256)
    throw new Refused('digest-mismatch', `${what} has SHA-256 ${sha256}, and is kept with ${kept}`, {
      digest: sha256,
    });
  if (sent !== undefined && sent !== sha256)
    throw new Refused('digest-mismatch', `${what} has SHA-256 ${sha256}, and was sent as ${sent}`, {
      digest: sha256,
    });
}

/** Artifactory names the checksum of what it sends; so do some others. */
function sentSha256(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['x-checksum-sha256']?.toLowerCase();
}

/** `cosign sign-blob` writes base64; it is published beside the manifest as `<manifest>.sig`. */
async function signatureOf(
  access: FileAccess,
  manifestUrl: string,
  payload: Buffer,
  fetching: Fetching,
): Promise<DetachedSignature[]> {
  const url = `${manifestUrl}.sig`;
  const answer = await fetching.get(url, {
    headers: access.headers(url),
    maxBytes: SIGNATURE_BYTES,
    answers: [403, 404, 410],
  });
  return answer.status === 200 ? [{ payload, signature: answer.body.toString('latin1').trim() }] : [];
}
