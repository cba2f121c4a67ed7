import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_NAMES } from '@croupier/contracts';
import { LOCAL_ARTIFACT_HOSTS, urlsOf, urlVariables, type Ports } from './addresses';
import { ChildProgram } from './child-program';
import { localSecrets } from './local-secrets';
import type { Platform, Variables } from './platform';
import { mainProgram } from './service-package';

export interface ProcessPerServiceOptions {
  readonly stateDirectory: string;
  readonly ports: Ports;
  /** `DATABASE_URL` and `AMQP_URL` at least. */
  readonly variables: Variables;
}

const READY_DEADLINE_MS = 60_000;
const READY_INTERVAL_MS = 100;

/** One process a service, as in production, on one machine. */
export async function startProcesses({
  stateDirectory,
  ports,
  variables,
}: ProcessPerServiceOptions): Promise<Platform> {
  const secrets = await localSecrets(stateDirectory);
  const urls = urlsOf(ports);
  const programs = SERVICE_NAMES.map((name) => {
    const program = ChildProgram.start(name, mainProgram(`@croupier/${name}`), [], {
      STATE_DIR: stateDirectory,
      LOG_FILE: join(stateDirectory, 'logs', `${name}.log`),
      ARTIFACT_INTERNAL_HOSTS: LOCAL_ARTIFACT_HOSTS,
      ...secrets,
      ...urlVariables(ports),
      ...variables,
      PORT: String(ports[name]),
    });
    return { program, url: urls[name] };
  });
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map(({ program }) => program.stop()));
  };
  try {
    await Promise.all(programs.map(({ program, url }) => untilReady(program, url)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, operatorToken: secrets.OPERATOR_TOKEN, stop };
}

async function untilReady(program: ChildProgram, url: string): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    if (!program.running) throw new Error(`${program.name} ended before it was ready`);
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`${program.name} is not ready after ${READY_DEADLINE_MS} ms`);
    await delay(READY_INTERVAL_MS);
  }
}
