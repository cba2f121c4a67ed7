import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installed } from './debian-packages';
import { runProgram } from './run-program';
import { SharedState } from './shared-state';

const PROGRAM = 'docker-registry';

export interface OciRegistryOptions {
  /** Lets in only who brings a token of this realm, signed by the certificate (PEM). Else everybody is let in. */
  readonly tokenAuth?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly certificate: string;
  };
  /** Lets in only who brings one of these lines of htpasswd(1), by bcrypt. */
  readonly htpasswd?: string;
}

export interface RunningOciRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  stop(): Promise<void>;
}

/** A real registry of a test's own: Debian's docker-registry, on loopback, with its data in a folder of its own. */
export async function startOciRegistry(options: OciRegistryOptions = {}): Promise<RunningOciRegistry> {
  await haveDockerRegistry();
  const directory = await mkdtemp(join(tmpdir(), 'croupier-oci-registry-'));
  const configuration = join(directory, 'config.yml');
  await writeFile(configuration, JSON.stringify(await configurationOf(directory, options)));
  const process = spawn(PROGRAM, ['serve', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const host = await listeningAddress(process);
    return {
      host,
      stop: async () => {
        await end(process);
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await end(process);
    throw error;
  }
}

/** JSON is YAML. */
async function configurationOf(
  directory: string,
  { tokenAuth, htpasswd }: OciRegistryOptions,
): Promise<object> {
  const auth: Record<string, object> = {};
  if (tokenAuth) {
    const rootcertbundle = join(directory, 'token.pem');
    await writeFile(rootcertbundle, tokenAuth.certificate);
    const { realm, service, issuer } = tokenAuth;
    auth['token'] = { realm, service, issuer, rootcertbundle };
  }
  if (htpasswd !== undefined) {
    const path = join(directory, 'htpasswd');
    await writeFile(path, htpasswd);
    auth['htpasswd'] = { realm: 'test', path };
  }
  return {
    version: 0.1,
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
    ...(Object.keys(auth).length > 0 ? { auth } : {}),
  };
}

/** Told in its log: a port that it has chosen itself is nobody else's. */
async function listeningAddress(process: ChildProcess): Promise<string> {
  let last = 'nothing';
  for await (const line of createInterface({ input: process.stderr! })) {
    last = line;
    const address = /"msg":"listening on ([^",]+)"/.exec(line)?.[1];
    if (address === undefined) continue;
    process.stderr!.resume();
    return address;
  }
  throw new Error(`${PROGRAM} has ended, and said last: ${last}`);
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGTERM');
  await once(process, 'exit');
}

/** Finds the program, or installs the Debian package. */
async function haveDockerRegistry(): Promise<void> {
  const found = await runProgram('which', [PROGRAM], { timeoutMs: 5_000 }).catch(() => '');
  if (found) return;
  await new SharedState()
    .exclusively(async () => installed(PROGRAM, PROGRAM))
    .catch((error: Error) => {
      throw new Error(
        `The tests need an OCI registry and there is none.\n  - no ${PROGRAM} in PATH\n` +
          `  - Debian package: ${error.message}\nPut ${PROGRAM} into PATH, or run the tests as root on Debian.`,
        { cause: error },
      );
    });
}

export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PushedManifest {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';

/**
 * Pushes as a client of the Distribution Specification does: blobs in one request each, then manifests by tag or by
 * digest (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push).
 */
export class OciPush {
  private readonly base: string;

  constructor(
    host: string,
    private readonly repository: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {
    this.base = `http://${host}/v2/${repository}`;
  }

  async blob(
    content: string | Buffer,
    mediaType: string,
    annotations?: Record<string, string>,
  ): Promise<OciDescriptor> {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    const started = await this.send('POST', `${this.base}/blobs/uploads/`);
    const location = new URL(started.headers.get('location') ?? '', this.base);
    location.searchParams.set('digest', digest);
    await this.send('PUT', location.href, bytes, 'application/octet-stream');
    return { mediaType, digest, size: bytes.length, ...(annotations ? { annotations } : {}) };
  }

  async manifest(manifest: object, reference?: string, mediaType = OCI_MANIFEST): Promise<PushedManifest> {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...manifest }));
    const digest = digestOf(bytes);
    await this.send('PUT', `${this.base}/manifests/${reference ?? digest}`, bytes, mediaType);
    return { digest, size: bytes.length, mediaType };
  }

  /** An image of one layer. */
  async image(content: string, tag?: string): Promise<PushedManifest> {
    const config = await this.blob(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        rootfs: { type: 'layers', diff_ids: [] },
        content,
      }),
      'application/vnd.oci.image.config.v1+json',
    );
    const layer = await this.blob(content, 'application/vnd.oci.image.layer.v1.tar+gzip');
    return this.manifest({ config, layers: [layer] }, tag);
  }

  /** An image for several platforms. */
  index(manifests: readonly PushedManifest[], tag: string): Promise<PushedManifest> {
    return this.manifest({ manifests }, tag, OCI_INDEX);
  }

  /** Files by their names, as ORAS pushes them; with `subject` attached to it. */
  async files(
    files: Readonly<Record<string, string>>,
    options: {
      readonly tag?: string;
      readonly artifactType?: string;
      readonly subject?: PushedManifest;
    } = {},
  ): Promise<PushedManifest> {
    const layers: OciDescriptor[] = [];
    for (const [path, content] of Object.entries(files))
      layers.push(
        await this.blob(content, 'application/octet-stream', { 'org.opencontainers.image.title': path }),
      );
    const { tag, artifactType, subject } = options;
    const config = await this.blob('{}', EMPTY);
    return this.manifest(
      { ...(artifactType ? { artifactType } : {}), config, layers, ...(subject ? { subject } : {}) },
      tag,
    );
  }

  /** The tag that stands in for the referrers API in registries that have none. */
  async referrersTag(
    subject: PushedManifest,
    referrers: readonly (PushedManifest & { artifactType: string })[],
  ): Promise<void> {
    await this.manifest({ manifests: referrers }, subject.digest.replace(':', '-'), OCI_INDEX);
  }

  private async send(method: string, url: string, body?: Buffer, contentType?: string): Promise<Response> {
    const answer = await fetch(url, {
      method,
      headers: { ...this.headers, ...(contentType ? { 'content-type': contentType } : {}) },
      ...(body ? { body: new Uint8Array(body) } : {}),
    });
    if (!answer.ok)
      throw new Error(`${method} ${this.repository} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
