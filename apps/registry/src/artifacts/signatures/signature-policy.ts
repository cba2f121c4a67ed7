import type { ArtifactConfig } from '../artifact-config';
import type { Fetching } from '../fetching';
import { Refused } from '../rejections/rejection';
import type { LocatedArtifact } from '../repositories/artifact-repository';
import { fingerprintOf, isAbout, signerOf } from './cosign';

/**
 * The fingerprint of the key that signed; null where nobody asks for a signature.
 *
 * @throws Refused when one is asked for and none is valid
 */
export async function signedBy(
  provider: string,
  artifact: LocatedArtifact,
  config: ArtifactConfig,
  fetching: Fetching,
): Promise<string | null> {
  const keys = config.keysOf(provider);
  if (keys === null) return null;
  const found = await artifact.signatures(fetching);
  const { repository, digest } = artifact;
  // In an OCI registry the payload names the digest; elsewhere the manifest itself is what is signed.
  const about = found.filter((one) => repository !== 'oci' || (digest !== null && isAbout(one, digest)));
  for (const signature of about) {
    const signer = signerOf(signature, keys);
    if (signer) return fingerprintOf(signer);
  }
  throw new Refused(
    'signature-invalid',
    found.length === 0
      ? `${artifact.pinned} has no signature, and ${provider} has to sign`
      : `none of the ${found.length} signatures of ${artifact.pinned} is of one of the keys of ${provider} and speaks of it`,
    { digest, sizeBytes: artifact.manifest.length, manifest: artifact.manifest },
  );
}
