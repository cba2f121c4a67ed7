import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ModuleArtifact } from '@croupier/contracts';
import { GuardedHttp, OutboundHttpError, type GuardedOptions } from '@croupier/service-kit';
import type { AnnouncedSource } from './announced-artifact';
import { ArtifactConfig, type FileSettings, type OciSettings } from './artifact-config';
import { Fetching } from './fetching';
import { Refused } from './rejections/rejection';
import type { ConsumeFile, LocatedArtifact } from './repositories/artifact-repository';
import { artifactoryAccess } from './repositories/files/artifactory-access';
import { isUnder, type FileAccess } from './repositories/files/file-access';
import { fileAddress, locateFiles } from './repositories/files/file-repository';
import { httpsAccess } from './repositories/files/https-access';
import { nexusAccess } from './repositories/files/nexus-access';
import { locateOci } from './repositories/oci/oci-artifact';
import { namesHost, ociReference, type OciReference } from './repositories/oci/oci-reference';
import { OciRegistry } from './repositories/oci/oci-registry';
import { RegistryTokens } from './repositories/oci/registry-tokens';

const MANIFEST_NAME = 'croupier.json';

/** Finds the repository that an artifact is in by how it was announced, and the artifact in it. */
@Injectable()
export class ArtifactSources implements OnApplicationShutdown {
  private readonly http: GuardedHttp;
  private readonly tokens = new RegistryTokens();

  constructor(private readonly config: ArtifactConfig) {
    this.http = new GuardedHttp(config.addresses, { minBytesPerSecond: config.minBytesPerSecond });
  }

  /** For one version. Its time begins now. */
  fetching(): Fetching {
    return new Fetching(this.http, this.config);
  }

  /** @throws Refused, OutboundHttpError when it may be there later */
  async locate(source: AnnouncedSource, fetching: Fetching): Promise<LocatedArtifact> {
    if (source.kind === 'manifest') {
      if (!source.url.startsWith('oci:'))
        return locateFiles(this.accessFor(source.url), source.url, fetching);
      return locateOci(referenceIn(source.url), 'bundle', this.registryOf(source.url), fetching);
    }
    const { artifact } = source;
    if (artifact === null)
      throw new Refused(
        'unreachable',
        'the pipeline tells of no artifact; set `image` in its payload settings',
      );
    if (artifact.kind === 'file') {
      const url = this.manifestBeside(artifact);
      return locateFiles(this.accessFor(url), url, fetching);
    }
    const reference = this.imageReference(artifact);
    return locateOci(reference, 'image', this.registryOf(reference), fetching);
  }

  /** What the tag that was announced stands for now; null for what was announced by its digest or has no tag. */
  async tagDigest(source: AnnouncedSource, fetching: Fetching): Promise<string | null> {
    const reference = this.ociReferenceOf(source);
    if (reference === null || reference.tag === null) return null;
    const digest = await this.registryOf(reference)(fetching).digestOf(reference, reference.tag);
    if (digest === null) throw new Refused('unreachable', `the tag ${reference.tag} is gone`);
    return digest;
  }

  /** The bytes of one file of a registered version, as the repository sends them. Whoever consumes them checks them. */
  async read<T>(
    { pinned, path, sha256, sizeBytes }: { pinned: string; path: string; sha256: string; sizeBytes: number },
    consume: ConsumeFile<T>,
  ): Promise<T> {
    const fetching = this.fetching();
    const options = (headers: Record<string, string>): GuardedOptions => ({
      headers,
      maxBytes: sizeBytes,
      deadlineMs: this.config.deadlineMs,
      attempts: 1,
      answers: [401],
    });
    if (!pinned.startsWith('oci:')) {
      const { url, headers } = await fileAddress(this.accessFor(pinned), pinned, path, fetching);
      return this.http.read(url, options(headers), consume);
    }
    const reference = referenceIn(pinned);
    const registry = this.registryOf(reference)(fetching);
    const url = registry.blobUrl(reference, `sha256:${sha256}`);
    // Asked for first, so that a token that has run out is replaced before there is a body.
    await registry.authorized(reference, (headers) => fetching.head(url, { headers, answers: [401] }));
    return this.http.read(url, options(this.tokens.known(reference.host, reference.repository)), consume);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private accessFor(url: string): FileAccess {
    if (!URL.canParse(url)) throw new Refused('unreachable', `${url} is no address`);
    const settings = this.config.repositories.find(
      (repository): repository is FileSettings => repository.kind !== 'oci' && isUnder(repository.url, url),
    );
    if (settings?.kind === 'nexus') return nexusAccess(settings);
    return settings?.kind === 'artifactory' ? artifactoryAccess(settings) : httpsAccess(settings ?? null);
  }

  private registryOf(reference: OciReference | string): (fetching: Fetching) => OciRegistry {
    const { host } = typeof reference === 'string' ? referenceIn(reference) : reference;
    const settings = this.config.repositories.find(
      (repository): repository is OciSettings => repository.kind === 'oci' && repository.host === host,
    );
    return (fetching) => new OciRegistry(settings, this.tokens, fetching);
  }

  private ociReferenceOf(source: AnnouncedSource): OciReference | null {
    if (source.kind === 'manifest') return source.url.startsWith('oci:') ? referenceIn(source.url) : null;
    return source.artifact?.kind === 'image' ? this.imageReference(source.artifact) : null;
  }

  /** Where the message told no address, by the name that the configuration gives the repository. */
  private imageReference({ reference, digest }: Extract<ModuleArtifact, { kind: 'image' }>): OciReference {
    const parsed = referenceIn(namesHost(reference) ? reference : this.imageIn(reference));
    if (digest !== null && parsed.digest !== null && digest !== parsed.digest)
      throw new Refused('digest-mismatch', `${reference} was announced with digest ${digest}`);
    return { ...parsed, digest: digest ?? parsed.digest };
  }

  private imageIn(reference: string): string {
    const name = reference.split('/')[0] ?? '';
    const settings = this.config.repositories.find(
      (repository): repository is OciSettings => repository.kind === 'oci' && repository.names.includes(name),
    );
    if (!settings) throw unknownRepository(name, reference);
    return `${settings.host}/${settings.prefix}${reference.slice(name.length + 1)}`;
  }

  /** Beside the file; in the folder where the message names no file. */
  private manifestBeside({ reference, sha256 }: Extract<ModuleArtifact, { kind: 'file' }>): string {
    const address = /^https?:/.test(reference) ? reference : this.fileIn(reference);
    return new URL(MANIFEST_NAME, sha256 === null ? `${address.replace(/\/$/, '')}/` : address).href;
  }

  private fileIn(reference: string): string {
    const name = reference.split('/')[0] ?? '';
    const settings = this.config.repositories.find(
      (repository): repository is FileSettings =>
        repository.kind !== 'oci' && repository.names.includes(name),
    );
    if (!settings) throw unknownRepository(name, reference);
    return `${settings.url}/${settings.kind === 'nexus' ? 'repository/' : ''}${reference}`;
  }
}

/** Whether another attempt may find what this one did not. */
export function isPassing(error: unknown): boolean {
  return error instanceof OutboundHttpError && error.retryable;
}

function referenceIn(text: string): OciReference {
  const reference = ociReference(text);
  if (reference) return reference;
  throw new Refused(
    'unreachable',
    `${text} is no reference of the form registry/repository:tag or registry/repository@sha256:<64 hexadecimal digits>`,
  );
}

function unknownRepository(name: string, reference: string): Refused {
  return new Refused(
    'unreachable',
    `${reference} names no address, and ${name} is in the \`names\` of no repository that is configured`,
  );
}
