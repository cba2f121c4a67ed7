import { havePrometheus } from './prometheus';
import { postgres, rabbit, redis } from './real-services';

/** Jest `globalSetup`: no test pays with its own deadline for a server that has yet to be installed. */
export default async function startRealServices(): Promise<void> {
  for (const service of [postgres, rabbit, redis]) await service();
  // Needed by few: a machine without it fails there, and says why.
  await havePrometheus().catch(() => undefined);
}
