import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runProgram } from './run-program';

const COMPOSE_FILE = resolve(__dirname, '../../../../docker-compose.yml');

export interface ComposeService {
  readonly name: string;
  /** The port inside the container. */
  readonly port: number;
  readonly url: (address: string, environment: Readonly<Record<string, string>>) => string;
}

/** Starts one service of the compose file and answers where it is; throws when no engine answers. */
export async function startWithCompose(service: ComposeService): Promise<string> {
  if (!existsSync(COMPOSE_FILE)) throw new Error('there is no docker-compose.yml');
  await runProgram('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 });
  await compose(['up', '--detach', '--no-deps', service.name], 600_000);
  const published = (await compose(['port', service.name, String(service.port)], 10_000)).trim();
  const config = JSON.parse(await compose(['config', '--format', 'json'], 10_000)) as {
    services: Record<string, { environment?: Record<string, string> } | undefined>;
  };
  return service.url(loopbackAddress(published), config.services[service.name]?.environment ?? {});
}

/** A port published on every address is reached on loopback. */
export function loopbackAddress(published: string): string {
  const port = /:(\d+)$/.exec(published)?.[1];
  if (!port) throw new Error(`the compose file publishes no port (${published || 'none'})`);
  return published.startsWith('0.0.0.0:') || published.startsWith('[::]:') ? `127.0.0.1:${port}` : published;
}

function compose(parameters: string[], timeoutMs: number): Promise<string> {
  return runProgram('docker', ['compose', '--file', COMPOSE_FILE, ...parameters], { timeoutMs });
}
