import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { drawPorts } from '../platform/addresses';
import { startInOneProcess } from '../platform/one-process';
import type { Platform, Variables } from '../platform/platform';
import { startProcesses } from '../platform/process-per-service';
import { runningPlatform } from '../platform/running-platform';
import { DEMO_TIMING } from './demo-options';
import type { Narrator } from './narrator';
import { realParts } from './real-parts';
import type { Undo } from './undo';

/** What the demo is played on. */
export type Ground =
  | { readonly kind: 'embedded' | 'real' }
  | { readonly kind: 'running'; readonly state: string; readonly reachedAs: string };

/** A platform of the demo's own, or the one that runs. */
export async function demoPlatform(
  ground: Ground,
  environment: Variables,
  narrator: Narrator,
  undo: Undo[],
): Promise<Platform> {
  const platform = await startedOn(ground, environment, narrator, undo);
  undo.push(() => platform.stop());
  narrator.say(`The gateway deals at ${platform.urls.gateway}`);
  return platform;
}

async function startedOn(
  ground: Ground,
  environment: Variables,
  narrator: Narrator,
  undo: Undo[],
): Promise<Platform> {
  if (ground.kind === 'running') {
    narrator.say('Waiting for every service of the running platform');
    return runningPlatform(environment, ground.state);
  }
  const real = ground.kind === 'real';
  const stateDirectory = join(process.cwd(), '.croupier', real ? 'demo-real' : 'demo');
  await rm(stateDirectory, { recursive: true, force: true });
  const own = { stateDirectory, ports: await drawPorts() };
  const variables = { LOG_LEVEL: 'warn', ...DEMO_TIMING };
  if (!real) {
    narrator.say('Starting all services in one process, on embedded PostgreSQL');
    return startInOneProcess({ ...own, variables });
  }
  narrator.say('Starting one process a service');
  const parts = await realParts(environment);
  undo.push(() => parts.clear());
  return startProcesses({ ...own, variables: { ...variables, ...parts.variables } });
}
