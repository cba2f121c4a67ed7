import { once } from 'node:events';
import { resolve } from 'node:path';
import { DEFAULT_PORTS, drawPorts } from '../platform/addresses';
import { startInOneProcess } from '../platform/one-process';

export const DEFAULT_STATE_DIRECTORY = '.croupier';

export interface UpOptions {
  readonly state: string;
  readonly freePorts?: boolean;
  readonly json?: boolean;
}

/** Runs until it is told to stop. */
export async function upCommand(options: UpOptions): Promise<void> {
  const stateDirectory = resolve(options.state);
  const ports = options.freePorts ? await drawPorts() : DEFAULT_PORTS;
  const platform = await startInOneProcess({ stateDirectory, ports, variables: process.env });
  if (options.json) process.stdout.write(`${JSON.stringify({ urls: platform.urls, stateDirectory })}\n`);
  else {
    const lines = Object.entries(platform.urls).map(([name, url]) => `  ${name.padEnd(12)} ${url}`);
    process.stdout.write(`Croupier is up.\n${lines.join('\n')}\n`);
    process.stdout.write(
      `Operators sign in at ${platform.urls.console} with OPERATOR_TOKEN of ${stateDirectory}/secrets.json\n`,
    );
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await platform.stop();
}
