import { cp, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReleaseId } from '@croupier/contracts';
import { registered } from '@croupier/testing';
import { createPaymentServer } from '../../../../../examples/modules/payment/src/server';
import type { ArtifactStore } from '../../targets/artifact-store';
import type { PipelineJob } from '../pipeline-runner';
import { Collections } from './collections';

const PAYMENT = resolve(__dirname, '../../../../../examples/modules/payment');

describe('collections in Postman format', () => {
  let folder: string;
  let server: Server;

  const jobFor = (version: string): PipelineJob => {
    const { digest, manifestUrl, manifest } = registered('payment', version, 'http://games.test').data;
    return {
      releaseId: '4f0a3d86-6f0e-4f4e-9d0a-0d2d3a3c9f11' as ReleaseId,
      runId: 'run-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      spec: {
        environment: 'staging',
        digest,
        manifestUrl,
        manifest: { ...manifest, collections: ['pipeline/payment.postman_collection.json'] },
      },
    };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-collections-'));
    await cp(join(PAYMENT, 'pipeline'), join(folder, 'pipeline'), { recursive: true });
    server = createPaymentServer({ version: '1.0.0' });
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

  it('pass on the version that they are for', async () => {
    const [suite] = await collections().run(jobFor('1.0.0'));
    expect(suite).toMatchObject({ name: 'Payment', failed: 0, failures: [] });
    expect(suite!.tests).toBeGreaterThan(5);
  });

  it('fail by what they assert', async () => {
    const [suite] = await collections().run(jobFor('2.0.0'));
    expect(suite!.failed).toBeGreaterThan(0);
    expect(suite!.failures[0]).toEqual({
      name: 'Health',
      message: expect.stringContaining('2.0.0') as string,
    });
  });
});
