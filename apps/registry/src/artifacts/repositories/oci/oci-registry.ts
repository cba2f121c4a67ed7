import type { OciSettings } from '../../artifact-config';
import { DOCUMENT_BYTES, type Fetching } from '../../fetching';
import { Refused } from '../../rejections/rejection';
import { sha256Of } from '../../sha256';
import type { Part, Referrer } from '../artifact-repository';
import { ACCEPTED_TYPES, ImageIndex, ociDocument, type OciDocument } from './oci-documents';
import { OCI_DIGEST, type OciReference } from './oci-reference';
import type { RegistryTokens } from './registry-tokens';

const REFERRER_PAGES = 10;

type Repository = Pick<OciReference, 'host' | 'repository'>;

/** One OCI registry, by the Distribution Specification 1.1, for as long as one artifact is fetched from it. */
export class OciRegistry {
  constructor(
    private readonly settings: OciSettings | undefined,
    private readonly tokens: RegistryTokens,
    private readonly fetching: Fetching,
  ) {}

  /** The digest that a tag stands for now; null when there is no such tag. */
  async digestOf(repository: Repository, tag: string): Promise<string | null> {
    const url = this.url(repository, `manifests/${tag}`);
    const { status, headers } = await this.authorized(repository, (authorization) =>
      this.fetching.head(url, { headers: { accept: ACCEPTED_TYPES, ...authorization }, answers: [401, 404] }),
    );
    if (status === 404) return null;
    const digest = headers['docker-content-digest'];
    // It is only a hint of what to fetch: what is fetched has to have that digest.
    if (digest !== undefined && OCI_DIGEST.test(digest)) return digest;
    return (await this.fetchDocument(repository, tag, null))?.digest ?? null;
  }

  /** @throws Refused when there is none, or another */
  async document(repository: Repository, digest: string): Promise<OciDocument> {
    const found = await this.fetchDocument(repository, digest, digest);
    if (found) return found;
    throw new Refused('unreachable', `${repository.host}/${repository.repository} has no manifest ${digest}`);
  }

  /** What a tag names, or null. */
  async tagged(repository: Repository, tag: string): Promise<OciDocument | null> {
    return this.fetchDocument(repository, tag, null);
  }

  /** A blob small enough to keep. @throws Refused when it is not what its digest says */
  async blob(repository: Repository, part: Part): Promise<Buffer> {
    const url = this.blobUrl(repository, part.digest);
    if (part.sizeBytes > DOCUMENT_BYTES)
      throw new Refused('too-large', `${part.digest} has ${part.sizeBytes} bytes`);
    const { body } = await this.authorized(repository, (headers) =>
      this.fetching.get(url, { headers, maxBytes: part.sizeBytes, answers: [401] }),
    );
    this.agree(part, body.length, ociDigestOf(body));
    return body;
  }

  /** Reads the whole blob and keeps none of it. @throws Refused when it is not what its digest says */
  async checkBlob(repository: Repository, part: Part): Promise<void> {
    this.fetching.expect(part.sizeBytes, part.digest);
    const url = this.blobUrl(repository, part.digest);
    const { sizeBytes, sha256 } = await this.authorized(repository, (headers) =>
      this.fetching.digest(url, { headers, maxBytes: part.sizeBytes, answers: [401] }),
    );
    this.agree(part, sizeBytes, `sha256:${sha256}`);
  }

  /** By the referrers API, or by the tag that stands in for it in a registry that has none. */
  async referrers(repository: Repository, digest: string): Promise<Referrer[]> {
    const first = this.url(repository, `referrers/${digest}`);
    const found: Referrer[] = [];
    let next: string | undefined = first;
    for (let page = 1; next !== undefined && page <= REFERRER_PAGES; page += 1) {
      const url: string = next;
      const answer = await this.authorized(repository, (authorization) =>
        this.fetching.get(url, {
          headers: { accept: ACCEPTED_TYPES, ...authorization },
          answers: [401, 404],
        }),
      );
      // 404 is how a registry says that it has no such API; so do some with other pages.
      const index = answer.status === 200 ? indexIn(answer.body) : null;
      if (index === null) return page === 1 ? this.referrersByTag(repository, digest) : found;
      found.push(...referrersIn(index));
      next = nextPage(answer.headers['link'], url);
    }
    return found;
  }

  blobUrl(repository: Repository, digest: string): string {
    return this.url(repository, `blobs/${digest}`);
  }

  /** Repeats a call that was answered with 401, with what the registry asks for. */
  async authorized<
    Answer extends { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  >(
    repository: Repository,
    call: (authorization: Record<string, string>) => Promise<Answer>,
  ): Promise<Answer> {
    const first = await call(this.tokens.known(repository.host, repository.repository));
    if (first.status !== 401) return first;
    const challenge = first.headers['www-authenticate'];
    const second = await call(await this.tokens.answer(challenge, repository, this.settings, this.fetching));
    if (second.status !== 401) return second;
    throw new Refused('unreachable', `${repository.host} does not let us read ${repository.repository}`);
  }

  private async referrersByTag(repository: Repository, digest: string): Promise<Referrer[]> {
    const document = await this.fetchDocument(repository, digest.replace(':', '-'), null);
    return document?.content.kind === 'index' ? referrersIn(document.content.index) : [];
  }

  private async fetchDocument(
    repository: Repository,
    reference: string,
    expected: string | null,
  ): Promise<OciDocument | null> {
    const url = this.url(repository, `manifests/${reference}`);
    const { status, headers, body } = await this.authorized(repository, (authorization) =>
      this.fetching.get(url, {
        headers: { accept: ACCEPTED_TYPES, ...authorization },
        maxBytes: DOCUMENT_BYTES,
        answers: [401, 404],
      }),
    );
    if (status === 404) return null;
    return ociDocument(body, headers['content-type'], expected, `${repository.repository}:${reference}`);
  }

  private agree({ digest, sizeBytes }: Part, actualBytes: number, actual: string): void {
    const found = { digest: actual, sizeBytes: actualBytes };
    if (actualBytes !== sizeBytes)
      throw new Refused(
        'digest-mismatch',
        `blob ${digest} has ${actualBytes} bytes, not ${sizeBytes}`,
        found,
      );
    if (actual !== digest) throw new Refused('digest-mismatch', `blob ${digest} has digest ${actual}`, found);
  }

  private url({ host, repository }: Repository, path: string): string {
    return `${this.settings?.plainHttp ? 'http' : 'https'}://${serverOf(host)}/v2/${repository}/${path}`;
  }
}

/** Docker Hub's registry has another name than its images. */
function serverOf(host: string): string {
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}

function ociDigestOf(bytes: Buffer): string {
  return `sha256:${sha256Of(bytes)}`;
}

function indexIn(body: Buffer): ImageIndex | null {
  try {
    return ImageIndex.parse(JSON.parse(body.toString('utf8')));
  } catch {
    return null;
  }
}

function referrersIn({ manifests }: ImageIndex): Referrer[] {
  return manifests.map(({ digest, mediaType, size, artifactType = null }) => ({
    digest,
    mediaType,
    sizeBytes: size,
    artifactType,
  }));
}

/** RFC 8288; only within the registry that was asked. */
function nextPage(link: string | undefined, url: string): string | undefined {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, url)) return undefined;
  const next = new URL(target, url);
  return next.origin === new URL(url).origin ? next.href : undefined;
}
