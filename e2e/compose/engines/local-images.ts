import { access, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { ROOT } from '../compose-file';
import { run, type Call } from '../program';

const IMAGES = join(ROOT, 'e2e', 'compose', 'images');
const DEBIAN = 'localhost/croupier-debian:bookworm';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const BUILD_TIMEOUT_MS = 1_800_000;

/** Stand-ins for the images of the registries, out of Debian's packages and this machine's Node, under their names. */
export class LocalImages {
  constructor(
    private readonly state: string,
    private readonly env: NonNullable<Call['env']>,
  ) {}

  /** Whether we know how to make it. */
  async knows(image: string): Promise<boolean> {
    return isThere(join(IMAGES, folderOf(image), 'Dockerfile'));
  }

  /** Makes it unless it is there. */
  async make(image: string): Promise<void> {
    if (await this.has(hubName(image))) return;
    await this.makeDebian();
    const machine = [
      [process.execPath, '/machine/node'],
      [await npmFolder(), '/machine/npm'],
      [CERTIFICATES, '/machine/ca-certificates.crt'],
    ].flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`]);
    await this.podman(
      'build',
      '--network',
      'host',
      '--format',
      'docker',
      ...machine,
      '--tag',
      hubName(image),
      join(IMAGES, folderOf(image)),
    );
  }

  /** An image of ours, by its Dockerfile. */
  async build(image: string, dockerfile: string, target: string): Promise<void> {
    const files = await mostOpenFiles();
    // Docker's format is the one that has health checks.
    const parameters = [
      '--ulimit',
      `nofile=${files}:${files}`,
      '--network',
      'host',
      '--format',
      'docker',
      '--file',
      join(ROOT, dockerfile),
    ];
    await this.podman('build', ...parameters, '--target', target, '--tag', hubName(image), ROOT);
  }

  private async makeDebian(): Promise<void> {
    if (await this.has(DEBIAN)) return;
    const folder = join(this.state, 'debian');
    const archive = `${folder}.tar`;
    await mkdir(folder, { recursive: true });
    const call = { timeoutMs: BUILD_TIMEOUT_MS };
    await run(['debootstrap', '--variant=minbase', '--include=ca-certificates', 'bookworm', folder], call);
    await run(['tar', '--create', '--directory', folder, '--file', archive, '.'], call);
    await this.podman('import', archive, DEBIAN);
    await rm(folder, { recursive: true });
    await rm(archive);
  }

  private has(image: string): Promise<boolean> {
    return this.podman('image', 'exists', image).then(
      () => true,
      () => false,
    );
  }

  private podman(...parameters: string[]): Promise<string> {
    return run(['podman', ...parameters], { timeoutMs: BUILD_TIMEOUT_MS, env: this.env });
  }
}

/** `prom/prometheus:v2` is what Docker takes for `docker.io/prom/prometheus:v2`, and `redis:7` is in `library`. */
function hubName(image: string): string {
  return `docker.io/${image.includes('/') ? image : `library/${image}`}`;
}

function folderOf(image: string): string {
  return image.replace(/:.*$/, '').split('/').at(-1) ?? image;
}

/** npm opens more files than podman allows by itself; nobody may allow more than they have. */
async function mostOpenFiles(): Promise<string> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  return /^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? '1024';
}

async function npmFolder(): Promise<string> {
  const globally = join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm');
  return realpath(globally).catch(() => dirname(createRequire(__filename).resolve('npm/package.json')));
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
