import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ServiceName } from '@croupier/contracts';
import type { ServiceDefinition } from '@croupier/service-kit';

/**
 * Services are found by name when they are started, as plug-ins are: this app composes the others without
 * importing them, so no app depends on another's inside.
 */
const installed = createRequire(__filename);

export function loadService(name: ServiceName): ServiceDefinition {
  const { service } = installed(`@croupier/${name}`) as { service: ServiceDefinition };
  return service;
}

/** The program that runs a service, or an example, in a process of its own. */
export function mainProgram(packageName: string): string {
  return join(dirname(installed.resolve(`${packageName}/package.json`)), 'dist', 'main.js');
}
