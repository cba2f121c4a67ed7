import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installed } from '@croupier/testing';
import { ROOT, type ComposeFile, type Service } from '../compose-file';
import type { Engine } from './engine';
import { HealthPulse } from './health-pulse';
import { LocalImages } from './local-images';
import { podmanSettings, type PodmanSettings } from './podman-settings';
import { PodmanService } from './podman-service';

/** Programs and files by the Debian package that has them. */
const PACKAGES = [
  ['podman', 'podman'],
  ['runc', 'runc'],
  ['/usr/lib/podman/netavark', 'netavark'],
  ['/usr/lib/podman/aardvark-dns', 'aardvark-dns'],
  ['iptables', 'iptables'],
  ['debootstrap', 'debootstrap'],
  ['docker-compose', 'docker-compose'],
] as const;

const NODE_IMAGE = 'node:20-bookworm-slim';

/** podman as a Docker engine, with images made here: for a machine that reaches Debian's and npm's registries alone. */
export class PodmanEngine implements Engine {
  readonly name = 'podman';
  readonly cli = ['podman'] as const;
  readonly env: Engine['env'];

  private constructor(
    readonly compose: Engine['compose'],
    settings: PodmanSettings,
    private readonly images: LocalImages,
    private readonly service: PodmanService,
    private readonly pulse: HealthPulse,
  ) {
    this.env = settings.env;
  }

  static async start(project: string, file: ComposeFile, state: string): Promise<PodmanEngine> {
    for (const [program, name] of PACKAGES) await installed(program, name);
    const settings = await podmanSettings(state);
    const service = await PodmanService.start(settings.socket, settings.env);
    const compose = [
      ...['docker-compose', '--project-name', project],
      ...['--project-directory', ROOT, '--file', await readableFile(file, state)],
    ] as const;
    const images = new LocalImages(state, settings.env);
    return new PodmanEngine(compose, settings, images, service, new HealthPulse(settings.env));
  }

  async provide(services: readonly [string, Service][], built: boolean): Promise<string[]> {
    const missing: string[] = [];
    const done = new Set<string>();
    for (const [name, { image, build }] of services) {
      if (done.has(image)) continue;
      if (build === undefined && !(await this.images.knows(image))) {
        missing.push(name);
        continue;
      }
      done.add(image);
      if (build === undefined) await this.images.make(image);
      else if (!built) {
        await this.images.make(NODE_IMAGE);
        await this.images.build(image, build.dockerfile, build.target);
      }
    }
    return missing;
  }

  async close(): Promise<void> {
    await this.pulse.stop();
    await this.service.stop();
  }
}

/** Debian's Compose is of before the project's name was part of the file, and reads all else. */
async function readableFile({ document }: ComposeFile, state: string): Promise<string> {
  const path = join(state, 'docker-compose.json');
  await writeFile(path, JSON.stringify({ ...document, name: undefined }, null, 2));
  return path;
}
