import { join } from 'node:path';
import { SERVICE_NAMES } from '@croupier/contracts';
import { LOCAL_HOSTS, urlsOf, urlVariables, type Ports } from './addresses';
import { ChildProgram } from './child-program';
import { localSecrets } from './local-secrets';
import type { Platform, Variables } from './platform';
import { mainProgram } from './service-package';
import { untilReady } from './until-ready';

export interface ProcessPerServiceOptions {
  readonly stateDirectory: string;
  readonly ports: Ports;
  /** `DATABASE_URL` and `AMQP_URL` at least. */
  readonly variables: Variables;
}

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
      ARTIFACT_INTERNAL_HOSTS: LOCAL_HOSTS,
      ALERTS_INTERNAL_HOSTS: LOCAL_HOSTS,
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
    await Promise.all(
      programs.map(({ program, url }) => untilReady(program.name, url, () => program.running)),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, operatorToken: secrets.OPERATOR_TOKEN, stop };
}
