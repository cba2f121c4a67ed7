import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_NAMES, type ServiceName } from '@croupier/contracts';
import { fetch } from 'undici';
import { drawPorts } from '../platform/addresses';
import { startInOneProcess } from '../platform/one-process';

const TIMEOUT_MS = 10_000;

/**
 * What every service answers to `GET /openapi.json`, asked of a platform that is started for it on the embedded
 * defaults, and ended. Takes some seconds.
 */
export async function openApiDocuments(): Promise<Map<ServiceName, unknown>> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'croupier-openapi-'));
  try {
    const platform = await startInOneProcess({
      stateDirectory,
      ports: await drawPorts(),
      variables: {},
    });
    try {
      return new Map(
        await Promise.all(
          SERVICE_NAMES.map(async (name) => [name, await documentAt(platform.urls[name])] as const),
        ),
      );
    } finally {
      await platform.stop();
    }
  } finally {
    await rm(stateDirectory, { recursive: true, force: true });
  }
}

async function documentAt(url: string): Promise<unknown> {
  const response = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url}/openapi.json answered ${response.status}`);
  return response.json();
}
