import { eventually } from '@croupier/testing';
import { z } from 'zod';
import { ROOT } from './compose-file';
import type { Engine } from './engines/engine';
import { run } from './program';

const UP_TIMEOUT_MS = 600_000;
const HEALTHY_TIMEOUT_MS = 300_000;
const CALL_TIMEOUT_MS = 60_000;
const DOWN_TIMEOUT_MS = 180_000;
const DOWN_TRIES = 4;

/** `NONE` where the stack turns that of the image off. */
const HealthCheck = z.object({ Test: z.array(z.string()) });
const Inspected = z.object({
  Id: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()), Healthcheck: HealthCheck.nullish() }),
  State: z.object({ Status: z.string(), Health: z.object({ Status: z.string() }).nullish() }),
  HostConfig: z.object({ ReadonlyRootfs: z.boolean() }),
});
export type Container = z.infer<typeof Inspected>;

/** The stack of docker-compose.yml, with its ports on an address of loopback that nothing else has. */
export class Stack {
  private readonly env: Readonly<Record<string, string>>;

  constructor(
    private readonly engine: Engine,
    private readonly profiles: readonly string[],
    readonly address: string,
  ) {
    this.env = { ...engine.env, PUBLISH_ADDRESS: address };
  }

  async up(services: readonly string[]): Promise<void> {
    await this.compose(UP_TIMEOUT_MS, 'up', '--detach', '--no-build', ...services);
  }

  /** Resolves with the containers by service once every one of them runs, and is healthy if it can be. */
  async untilHealthy(services: readonly string[]): Promise<Map<string, Container>> {
    return eventually(
      async () => {
        const containers = await this.containers();
        const sick = services.filter((service) => !isWell(containers.get(service)));
        if (sick.length > 0) throw new Error(`not healthy: ${sick.join(', ')}`);
        return containers;
      },
      { timeoutMs: HEALTHY_TIMEOUT_MS, intervalMs: 1_000 },
    );
  }

  /** What the shell in a container prints. */
  shell({ Id }: Container, script: string): Promise<string> {
    const call = { timeoutMs: CALL_TIMEOUT_MS, env: this.env };
    return run([...this.engine.cli, 'exec', Id, 'sh', '-c', script], call);
  }

  /** Runs a service's image once, in the stack's network and under the service's name; answers what it printed. */
  once(service: string, command: readonly string[], timeoutMs: number): Promise<string> {
    return this.compose(timeoutMs, 'run', '--rm', '--no-deps', '--use-aliases', '-T', service, ...command);
  }

  /** The last lines of each service's log, for whoever reads of a failure. */
  logs(): Promise<string> {
    return this.compose(CALL_TIMEOUT_MS, 'logs', '--no-color', '--tail', '40');
  }

  /** Containers, networks and volumes. A container whose network another one has is left by the first try. */
  async down(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.compose(DOWN_TIMEOUT_MS, 'down', '--volumes', '--remove-orphans');
        return;
      } catch (error) {
        if (tries === DOWN_TRIES) throw error;
      }
    }
  }

  private async containers(): Promise<Map<string, Container>> {
    const ids = (await this.compose(CALL_TIMEOUT_MS, 'ps', '--quiet')).split('\n').filter(Boolean);
    const call = { timeoutMs: CALL_TIMEOUT_MS, env: this.env };
    const printed = await run([...this.engine.cli, 'inspect', ...ids], call);
    const found = z.array(Inspected).parse(JSON.parse(printed));
    return new Map(
      found.map((container) => [container.Config.Labels['com.docker.compose.service'] ?? '', container]),
    );
  }

  private compose(timeoutMs: number, ...parameters: string[]): Promise<string> {
    const profiles = this.profiles.flatMap((profile) => ['--profile', profile]);
    const call = { timeoutMs, env: this.env, directory: ROOT };
    return run([...this.engine.compose, ...profiles, ...parameters], call);
  }
}

function isWell(container: Container | undefined): boolean {
  if (container?.State.Status !== 'running') return false;
  const [kind = 'NONE'] = container.Config.Healthcheck?.Test ?? [];
  return kind === 'NONE' || container.State.Health?.Status === 'healthy';
}
