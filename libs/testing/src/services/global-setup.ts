import { haveProgram } from './have-program';
import { postgres, rabbit, redis } from './real-services';

/** Needed by few: a machine without them fails there, and says why. */
const PROGRAMS = ['prometheus', 'haproxy', 'wrk'];

/** Jest `globalSetup`: no test pays with its own deadline for a server that has yet to be installed. */
export default async function startRealServices(): Promise<void> {
  for (const service of [postgres, rabbit, redis]) await service();
  for (const program of PROGRAMS) await haveProgram(program, program).catch(() => undefined);
}
