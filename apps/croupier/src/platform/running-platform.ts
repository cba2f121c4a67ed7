import { SERVICE_NAMES, type ServiceName } from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { operatorTokenOf } from './operator-token';
import type { Platform, Variables } from './platform';
import { untilReady } from './until-ready';

/** The installation that `AGGREGATOR_URL` and the rest name, once all of it is ready. It is left as it is in the end. */
export async function runningPlatform(environment: Variables, state: string): Promise<Platform> {
  const operatorToken = await operatorTokenOf({ state });
  const addresses = new ServiceAddresses(environment);
  const urls = Object.fromEntries(SERVICE_NAMES.map((name) => [name, addresses.url(name)])) as Record<
    ServiceName,
    string
  >;
  // The console is for people: nothing asks it.
  const asked = SERVICE_NAMES.filter((name) => name !== 'console');
  await Promise.all(asked.map((name) => untilReady(name, urls[name])));
  return { urls, operatorToken, stop: async () => undefined };
}
