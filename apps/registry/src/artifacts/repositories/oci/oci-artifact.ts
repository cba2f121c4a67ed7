import { MANIFEST_LIMITS, type ManifestFile } from '@croupier/contracts';
import type { Fetching } from '../../fetching';
import { Refused } from '../../rejections/rejection';
import type { DetachedSignature, LocatedArtifact, Part, Referrer } from '../artifact-repository';
import type { Descriptor, OciDocument } from './oci-documents';
import { pinnedReference, type OciReference } from './oci-reference';
import type { OciRegistry } from './oci-registry';

/** Name of the Croupier manifest among the files of an OCI artifact. */
const MANIFEST_NAME = 'croupier.json';
/** What a manifest is attached to an image as. */
export const MANIFEST_ARTIFACT_TYPE = 'application/vnd.croupier.manifest.v1+json';
/** https://github.com/opencontainers/image-spec/blob/main/annotations.md; ORAS and others name files by it. */
const TITLE = 'org.opencontainers.image.title';

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
const COSIGN_PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
const COSIGN_ARTIFACT_TYPE = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const COSIGN_SIGNATURE = 'dev.cosignproject.cosign/signature';
const SIGNATURES_AT_MOST = 50;

type RegistryFor = (fetching: Fetching) => OciRegistry;

/** A bundle (its files are its layers), or an image with a manifest attached to it. */
export async function locateOci(
  reference: OciReference,
  as: 'bundle' | 'image',
  registryFor: RegistryFor,
  fetching: Fetching,
): Promise<LocatedArtifact> {
  const registry = registryFor(fetching);
  const digest = reference.digest ?? (await registry.digestOf(reference, reference.tag ?? ''));
  if (digest === null)
    throw new Refused('unreachable', `${reference.host}/${reference.repository} has no tag ${reference.tag}`);
  const document = await registry.document(reference, digest);
  const referrers = await registry.referrers(reference, digest);
  const bundle = as === 'bundle' ? document : await attachedManifest(registry, reference, digest, referrers);
  const files = filesIn(bundle);
  const manifestPart = files.get(MANIFEST_NAME);
  if (!manifestPart)
    throw new Refused(
      'invalid-manifest',
      `${reference.repository}@${bundle.digest} has no file ${MANIFEST_NAME}`,
    );
  if (manifestPart.sizeBytes > MANIFEST_LIMITS.manifestBytes)
    throw new Refused(
      'too-large',
      `${MANIFEST_NAME} has ${manifestPart.sizeBytes} bytes, more than ${MANIFEST_LIMITS.manifestBytes}`,
    );
  return {
    repository: 'oci',
    pinned: pinnedReference(reference, digest),
    image: as === 'image' ? { repository: `${reference.host}/${reference.repository}`, digest } : null,
    digest,
    manifest: await registry.blob(reference, manifestPart),
    servedByOrigin: false,
    parts: as === 'image' ? await partsOf(registry, reference, document) : [],
    referrers,
    checkFile: (file, scope) =>
      checkFile(files, file, (part) => registryFor(scope).checkBlob(reference, part)),
    checkPart: (part, scope) => registryFor(scope).checkBlob(reference, part),
    signatures: (scope) => signaturesOf(registryFor(scope), reference, digest, referrers),
  };
}

/** More than one would leave open which of them is meant. */
async function attachedManifest(
  registry: OciRegistry,
  reference: OciReference,
  digest: string,
  referrers: readonly Referrer[],
): Promise<OciDocument> {
  const attached = referrers.filter(({ artifactType }) => artifactType === MANIFEST_ARTIFACT_TYPE);
  const [only] = attached;
  if (!only || attached.length > 1)
    throw new Refused(
      'invalid-manifest',
      `${attached.length} manifests (${MANIFEST_ARTIFACT_TYPE}) are attached to ${reference.repository}@${digest}; one has to be`,
    );
  return registry.document(reference, only.digest);
}

/** An index is one document for each platform, and a bundle has none. */
function filesIn({ content, digest }: OciDocument): Map<string, Part> {
  if (content.kind === 'index')
    throw new Refused('invalid-manifest', `${digest} is an index, and files are awaited`);
  const files = new Map<string, Part>();
  for (const layer of content.manifest.layers) {
    const title = layer.annotations?.[TITLE];
    if (title === undefined) continue;
    if (files.has(title)) throw new Refused('invalid-manifest', `${digest} has two files ${title}`);
    files.set(title, partOf(layer));
  }
  return files;
}

async function checkFile(
  files: ReadonlyMap<string, Part>,
  { path, sizeBytes, sha256 }: ManifestFile,
  check: (part: Part) => Promise<void>,
): Promise<void> {
  const part = files.get(path);
  if (!part) throw new Refused('unreachable', `${path} is none of the artifact's layers (${TITLE})`);
  if (part.sizeBytes !== sizeBytes)
    throw new Refused('digest-mismatch', `${path} has ${part.sizeBytes} bytes, not ${sizeBytes}`, part);
  if (part.digest !== `sha256:${sha256}`)
    throw new Refused('digest-mismatch', `${path} has digest ${part.digest}, not sha256:${sha256}`, part);
  await check(part);
}

/** Every blob of the image, for every platform that it has, each once. */
async function partsOf(
  registry: OciRegistry,
  reference: OciReference,
  document: OciDocument,
): Promise<Part[]> {
  const parts = new Map<string, Part>();
  const add = ({ content }: OciDocument): void => {
    if (content.kind !== 'manifest') throw new Refused('invalid-manifest', 'an index lists an index');
    for (const part of [content.manifest.config, ...content.manifest.layers].map(partOf))
      parts.set(part.digest, part);
  };
  if (document.content.kind === 'manifest') add(document);
  else
    for (const { digest, size } of document.content.index.manifests) {
      const platform = await registry.document(reference, digest);
      if (platform.sizeBytes !== size)
        throw new Refused(
          'digest-mismatch',
          `manifest ${digest} has ${platform.sizeBytes} bytes, not ${size}`,
        );
      add(platform);
    }
  return [...parts.values()];
}

/** Under the tag `sha256-<digest>.sig`, as cosign has always put them, and among the referrers, as OCI 1.1 has it. */
async function signaturesOf(
  registry: OciRegistry,
  reference: OciReference,
  digest: string,
  referrers: readonly Referrer[],
): Promise<DetachedSignature[]> {
  const documents = [await registry.tagged(reference, `${digest.replace(':', '-')}.sig`)];
  for (const { artifactType, digest: referrer } of referrers.slice(0, SIGNATURES_AT_MOST))
    if (artifactType === COSIGN_ARTIFACT_TYPE) documents.push(await registry.document(reference, referrer));
  const signed = documents.flatMap((document) =>
    document?.content.kind === 'manifest' ? document.content.manifest.layers.filter(isSignature) : [],
  );
  const signatures: DetachedSignature[] = [];
  for (const layer of signed.slice(0, SIGNATURES_AT_MOST))
    signatures.push({
      payload: await registry.blob(reference, partOf(layer)),
      signature: layer.annotations?.[COSIGN_SIGNATURE] ?? '',
    });
  return signatures;
}

function isSignature({ mediaType, annotations }: Descriptor): boolean {
  return mediaType === COSIGN_PAYLOAD && annotations?.[COSIGN_SIGNATURE] !== undefined;
}

function partOf({ digest, mediaType, size }: Descriptor): Part {
  return { digest, mediaType, sizeBytes: size };
}
