import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredFile {
  readonly bytes: Buffer;
  /** What the manager says of it; of the bytes unless a test plays one that is wrong. */
  checksums: Record<string, string>;
}

export interface ManagerOptions {
  /** Asked for on every call. */
  readonly username?: string;
  readonly password?: string;
}

/** What Nexus and Artifactory have in common: files under `<repository>/<path>`, behind basic authentication. */
abstract class RepositoryManager {
  protected readonly stored = new Map<string, StoredFile>();
  /** Paths that were asked for, with their queries. */
  readonly asked: string[] = [];
  private server: Server | null = null;
  url = '';

  constructor(private readonly options: ManagerOptions = {}) {}

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (!this.lets(request)) response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
      else this.answer(new URL(request.url ?? '/', this.url), response);
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** @param checksums - to tell instead of the true ones */
  put(path: string, content: string, checksums?: Record<string, string>): void {
    const bytes = Buffer.from(content);
    const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
    this.stored.set(path, {
      bytes,
      checksums: checksums ?? { sha1: hash('sha1'), md5: hash('md5'), sha256: hash('sha256') },
    });
  }

  protected abstract answer(url: URL, response: ServerResponse): void;

  private lets({ headers }: IncomingMessage): boolean {
    const { username, password = '' } = this.options;
    if (username === undefined) return true;
    return headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
}

/**
 * Nexus Repository 3 as its documentation describes it: `/service/rest/v1/search/assets`
 * (https://help.sonatype.com/en/search-api.html), and raw files under `/repository/<repository>/<path>`.
 */
export class FakeNexus extends RepositoryManager {
  protected answer(url: URL, response: ServerResponse): void {
    if (url.pathname === '/service/rest/v1/search/assets') return this.search(url, response);
    const file = this.stored.get(url.pathname.replace(/^\/repository\//, ''));
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-length': file.bytes.length }).end(file.bytes);
  }

  private search({ searchParams }: URL, response: ServerResponse): void {
    const repository = searchParams.get('repository') ?? '';
    const found = [...this.stored].filter(
      ([path]) => path === `${repository}${searchParams.get('name') ?? ''}`,
    );
    const items = found.map(([path, { bytes, checksums }]) => ({
      downloadUrl: `${this.url}/repository/${path}`,
      path: path.slice(repository.length),
      id: Buffer.from(path).toString('base64'),
      repository,
      format: 'raw',
      checksum: checksums,
      contentType: 'application/octet-stream',
      lastModified: '2025-06-01T12:00:00.000+00:00',
      fileSize: bytes.length,
    }));
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ items, continuationToken: null }));
  }
}

/**
 * Artifactory as its documentation describes it: `/artifactory/api/storage/<repository>/<path>` (File Info,
 * https://jfrog.com/help/r/jfrog-rest-apis/file-info), and files under `/artifactory/<repository>/<path>`, sent with
 * their checksums in `X-Checksum-*`.
 */
export class FakeArtifactory extends RepositoryManager {
  protected answer(url: URL, response: ServerResponse): void {
    const storage = /^\/artifactory\/api\/storage\/(.+)$/.exec(url.pathname)?.[1];
    const path = storage ?? url.pathname.replace(/^\/artifactory\//, '');
    const file = this.stored.get(path);
    if (!file) {
      const errors = [{ status: 404, message: 'Unable to find item' }];
      return void response
        .writeHead(404, { 'content-type': 'application/json' })
        .end(JSON.stringify({ errors }));
    }
    const { bytes, checksums } = file;
    if (storage === undefined) {
      const told = Object.entries(checksums).map(([name, value]) => [`x-checksum-${name}`, value]);
      return void response.writeHead(200, Object.fromEntries(told) as Record<string, string>).end(bytes);
    }
    const [repository = '', ...rest] = path.split('/');
    const info = {
      repo: repository,
      path: `/${rest.join('/')}`,
      created: '2025-06-01T12:00:00.000Z',
      createdBy: 'ci',
      lastModified: '2025-06-01T12:00:00.000Z',
      modifiedBy: 'ci',
      downloadUri: `${this.url}/artifactory/${path}`,
      mimeType: 'application/octet-stream',
      size: String(bytes.length),
      checksums,
      originalChecksums: {},
      uri: `${this.url}/artifactory/api/storage/${path}`,
    };
    response.setHeader('content-type', 'application/vnd.org.jfrog.artifactory.storage.FileInfo+json');
    response.end(JSON.stringify(info));
  }
}
