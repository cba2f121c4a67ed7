import { LineOfText, Sha256 } from '@croupier/contracts';
import { z } from 'zod';
import { ignored, ociDigest, releaseOf, versionOf, type ReadPipeline } from './module-release';

/** https://docs.jfrog.com/administration/docs/event-types, 'Domain: Artifact' and 'Domain: Docker' */
const AnyEvent = z.object({ domain: LineOfText.max(50), event_type: LineOfText.max(50) });

const ArtifactDeployed = z.object({
  data: z.object({
    repo_key: LineOfText.max(200),
    path: LineOfText.max(1000),
    name: LineOfText.max(300),
    sha256: LineOfText.max(200).optional(),
  }),
});

const DockerPushed = z.object({
  data: z.object({
    repo_key: LineOfText.max(200),
    image_name: LineOfText.max(300),
    tag: LineOfText.max(200),
    /** Of the manifest, which is the image's digest. */
    sha256: LineOfText.max(200).optional(),
  }),
});

/** Files that come with an artifact; `docker pushed` tells of images by itself. */
const COMPANION = /\.(pom|asc|md5|sha\d+|xml)$|-(sources|javadoc)\.jar$|^(list\.)?manifest\.json$/;

/** `wallet-1.4.0.tgz` */
const NAMED_BY_VERSION =
  /^([A-Za-z0-9._-]+?)-v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+?)?)\.(?:tar\.)?[a-z][a-z0-9]*$/;

export const readArtifactory: ReadPipeline = (payload, settings, receivedAt) => {
  const { domain, event_type: event } = AnyEvent.parse(payload);
  const timestamp = receivedAt.toISOString();
  if (domain === 'docker' && event === 'pushed') {
    const { repo_key: repository, image_name: image, tag, sha256 } = DockerPushed.parse(payload).data;
    const reference = `${repository}/${image}:${tag}`.slice(0, 500);
    const artifact = { kind: 'image', reference, digest: ociDigest(sha256) } as const;
    return releaseOf({ name: image, version: tag, timestamp, artifact, pipelineUrl: null }, settings);
  }
  if (domain !== 'artifact' || event !== 'deployed')
    return ignored(`${domain} ${event} is neither artifact deployed nor docker pushed`);
  const { repo_key: repository, path, name: file, sha256 } = ArtifactDeployed.parse(payload).data;
  if (COMPANION.test(file)) return ignored(`${file} comes with an artifact and is none`);
  const found = nameAndVersionIn(path, file);
  if (!found) return ignored(`${path} has no SemVer version in it`);
  const digest = Sha256.safeParse(sha256);
  const artifact = {
    kind: 'file',
    reference: `${repository}/${path}`,
    sha256: digest.success ? digest.data : null,
  } as const;
  return releaseOf({ ...found, timestamp, artifact, pipelineUrl: null }, settings);
};

/** `com/acme/wallet/1.4.0/wallet-1.4.0.jar`: a folder of the version in the module's own; else by the file's name. */
function nameAndVersionIn(path: string, file: string): { name: string; version: string } | undefined {
  const folders = path.split('/').slice(0, -1);
  const index = folders.findLastIndex((folder) => versionOf(folder) !== undefined);
  const [name, version] = [folders[index - 1], folders[index]];
  if (name !== undefined && version !== undefined) return { name, version };
  const [, byName, byVersion] = NAMED_BY_VERSION.exec(file) ?? [];
  return byName !== undefined && byVersion !== undefined ? { name: byName, version: byVersion } : undefined;
}

export const artifactorySample = {
  domain: 'docker',
  event_type: 'pushed',
  data: {
    repo_key: 'modules',
    event_type: 'pushed',
    path: 'platform/wallet/1.4.0/manifest.json',
    name: 'manifest.json',
    sha256: '6f4fb2f0e9e3b4c7a3d2f6c1b8a9e0d7c6b5a4938271605f4e3d2c1b0a998877',
    size: 949,
    image_name: 'platform/wallet',
    tag: '1.4.0',
    platforms: [],
  },
  subscription_key: 'croupier',
  jpd_origin: 'https://artifactory.example.com',
  source: 'jfrog/ci',
};
