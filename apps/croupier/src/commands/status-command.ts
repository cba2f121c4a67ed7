import { SERVICE_NAMES, ReleaseView } from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { z } from 'zod';
import { ApiClient } from '../platform/api-client';
import { findToken } from '../platform/operator-token';

const ReleaseList = z.object({ releases: z.array(ReleaseView) });
const TIMEOUT_MS = 3_000;

/** Ends 0 when every service is ready, 1 when one is not. */
export async function statusCommand(options: {
  readonly state: string;
  readonly json?: boolean;
}): Promise<void> {
  const addresses = new ServiceAddresses(process.env);
  const services = await Promise.all(
    SERVICE_NAMES.map(async (name) => ({
      name,
      url: addresses.url(name),
      ready: await isReady(addresses.url(name)),
    })),
  );
  const token = await findToken(options.state);
  const deployerReady = services.some(({ name, ready }) => name === 'deployer' && ready);
  const releases =
    token && deployerReady
      ? ReleaseList.parse(await new ApiClient(token).get(`${addresses.url('deployer')}/v1/releases?limit=20`))
          .releases
      : [];
  if (options.json) process.stdout.write(`${JSON.stringify({ services, releases })}\n`);
  else {
    for (const { name, url, ready } of services)
      process.stdout.write(`${name.padEnd(12)} ${ready ? 'ready    ' : 'not ready'} ${url}\n`);
    for (const { provider, game, version, status, weightPercent, reason } of releases)
      process.stdout.write(`${provider}/${game}@${version} ${status} ${weightPercent} %  ${reason}\n`);
  }
  process.exitCode = services.every(({ ready }) => ready) ? 0 : 1;
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => null,
  );
  return answer?.ok ?? false;
}
