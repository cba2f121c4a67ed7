import { InMemStorageProvider, Unleash, type UnleashConfig } from 'unleash-client';
import { CLIENT_TOKEN } from './test-flags';

/** Often enough for tests. */
const REFRESH_MS = 50;

/** Unleash's own SDK, once it has the flags of the service. */
export async function connectedSdk(url: string, config: Partial<UnleashConfig> = {}): Promise<Unleash> {
  const sdk = new Unleash({
    url: `${url}/api/`,
    appName: 'test',
    customHeaders: { Authorization: CLIENT_TOKEN },
    refreshInterval: REFRESH_MS,
    disableMetrics: true,
    storageProvider: new InMemStorageProvider(),
    skipInstanceCountWarning: true,
    ...config,
  });
  sdk.on('error', () => undefined);
  await new Promise((resolve) => sdk.once('synchronized', resolve));
  return sdk;
}

/** A poll that is under way when the SDK stops emits its error to nobody, and Node ends whatever runs then. */
export function destroySdk(sdk: Unleash): void {
  sdk.destroy();
  sdk['repository'].on('error', () => undefined);
}
