import { COMPOSE_FILE, ROOT, type Service } from '../compose-file';
import { run } from '../program';
import type { Engine } from './engine';

const PROBE_TIMEOUT_MS = 20_000;
const IMAGES_TIMEOUT_MS = 1_800_000;

/** A Docker engine with Compose 2, and the images that the stack names. */
export class DockerEngine implements Engine {
  readonly name = 'docker';
  readonly cli = ['docker'] as const;
  readonly env = {};
  readonly compose: Engine['compose'];

  private constructor(project: string) {
    this.compose = ['docker', 'compose', '--project-name', project, '--file', COMPOSE_FILE];
  }

  /** Null where none answers. */
  static async find(project: string): Promise<DockerEngine | null> {
    try {
      await run(['docker', 'info', '--format', '{{.ServerVersion}}'], { timeoutMs: PROBE_TIMEOUT_MS });
      await run(['docker', 'compose', 'version'], { timeoutMs: PROBE_TIMEOUT_MS });
      return new DockerEngine(project);
    } catch {
      return null;
    }
  }

  async provide(services: readonly [string, Service][], built: boolean): Promise<string[]> {
    const named = (ours: boolean): string[] =>
      services.filter(([, { build }]) => (build !== undefined) === ours).map(([name]) => name);
    const call = { timeoutMs: IMAGES_TIMEOUT_MS, directory: ROOT };
    await run([...this.compose, 'pull', '--quiet', ...named(false)], call);
    if (!built) await run([...this.compose, 'build', ...named(true)], call);
    return [];
  }

  async close(): Promise<void> {}
}
