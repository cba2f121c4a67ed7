import { cp, mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReleaseId } from '@croupier/contracts';
import { registered } from '@croupier/testing';
import type { ArtifactStore } from '../../targets/artifact-store';
import type { PipelineJob } from '../pipeline-runner';
import { Collections } from './collections';

const MODULES = resolve(__dirname, '../../../../../examples/modules');
const EXAMPLES = [
  ['payment', 'createPaymentServer'],
  ['kyc', 'createKycServer'],
  ['anti-fraud', 'createAntiFraudServer'],
] as const;

type CreateServer = (release: { version: string }) => Server;

describe.each(EXAMPLES)('the collection in Postman format of the %s module', (name, create) => {
  let folder: string;
  let server: Server;

  const jobFor = (version: string): PipelineJob => {
    const { digest, manifestUrl, manifest } = registered(name, version, 'http://games.test').data;
    const collections = [`pipeline/${name}.postman_collection.json`];
    return {
      releaseId: '4f0a3d86-6f0e-4f4e-9d0a-0d2d3a3c9f11' as ReleaseId,
      runId: `run-of-${version}`,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      spec: { environment: 'staging', digest, manifestUrl, manifest: { ...manifest, collections } },
    };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-collections-'));
    await cp(join(MODULES, name, 'pipeline'), join(folder, 'pipeline'), { recursive: true });
    // By its path: the module is no part of the deployer, and is run here as what is released.
    const built = jest.requireActual<Record<string, CreateServer>>(join(MODULES, name, 'src/server'));
    server = built[create]!({ version: '1.0.0' });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    // Loaded here, and not in the time of a test.
    await import('newman');
  }, 180_000);

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const collections = (): Collections =>
    new Collections({ folderOf: () => Promise.resolve(folder) } as unknown as ArtifactStore);

  it('passes on the version that it is for', async () => {
    const [suite] = await collections().run(jobFor('1.0.0'));
    expect(suite).toMatchObject({ failed: 0, failures: [] });
    expect(suite!.tests).toBeGreaterThan(4);
  });

  it('fails by what it asserts', async () => {
    const [suite] = await collections().run(jobFor('2.0.0'));
    expect(suite!.failed).toBe(1);
    expect(suite!.failures[0]).toEqual({
      name: 'Health',
      message: expect.stringContaining('2.0.0') as string,
    });
  });
});
