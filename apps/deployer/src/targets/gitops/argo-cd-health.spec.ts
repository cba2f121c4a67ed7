import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutboundHttp } from '@croupier/service-kit';
import { ArgoCdHealth } from './argo-cd-health';
import { GitOpsConfig } from './gitops-config';

const COMMIT = '53e28ff20cc530b9ada2173fbbd64d48338583ba';

/** An Application as Argo CD answers it, as far as its status. https://argo-cd.readthedocs.io/en/stable/operator-manual/ */
const applicationOf = (status: object): object => ({
  metadata: { name: 'acme-slots-production', namespace: 'argocd' },
  spec: { project: 'games' },
  status,
});

describe('Argo CD as a witness', () => {
  const http = new OutboundHttp();
  let server: Server;
  let argoCd: ArgoCdHealth;
  let application: object;
  let asked: { path: string | undefined; authorization: string | undefined }[];

  beforeAll(async () => {
    server = createServer(({ url, headers: { authorization } }, response) => {
      asked.push({ path: url, authorization });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(application));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    argoCd = new ArgoCdHealth(
      http,
      new GitOpsConfig({
        ARGOCD_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        ARGOCD_TOKEN: 'token-of-the-test',
      }),
    );
  });

  beforeEach(() => {
    asked = [];
    application = applicationOf({});
  });

  afterAll(async () => {
    await http.onApplicationShutdown();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it.each([
    [
      'the applied commit of a healthy application',
      { sync: { status: 'Synced', revision: COMMIT }, health: { status: 'Healthy' } },
      { revision: COMMIT, health: 'healthy', detail: 'Argo CD says Healthy' },
    ],
    [
      'the first of several sources',
      { sync: { status: 'Synced', revisions: [COMMIT, '1.2.0'] }, health: { status: 'Progressing' } },
      { revision: COMMIT, health: 'progressing', detail: 'Argo CD says Progressing' },
    ],
    [
      'what ails a degraded one',
      { sync: { revision: COMMIT }, health: { status: 'Degraded', message: 'CrashLoopBackOff' } },
      { revision: COMMIT, health: 'failed', detail: 'Argo CD says Degraded: CrashLoopBackOff' },
    ],
    [
      'a sync that failed, although what runs may be sound',
      { health: { status: 'Missing' }, operationState: { phase: 'Failed', message: 'no such chart' } },
      { revision: null, health: 'failed', detail: 'Argo CD says Missing: no such chart' },
    ],
    ['nothing before the first look', {}, { revision: null, health: 'progressing' }],
  ])('tells %s', async (_what, status, expected) => {
    application = applicationOf(status);
    expect(await argoCd.stateOf('acme-slots-production')).toMatchObject(expected);
  });

  it('is asked with its token, for one application, whatever its name', async () => {
    await argoCd.refresh('acme-slots-production');
    await argoCd.stateOf('games/slots');
    expect(asked).toEqual([
      {
        path: '/api/v1/applications/acme-slots-production?refresh=normal',
        authorization: 'Bearer token-of-the-test',
      },
      { path: '/api/v1/applications/games%2Fslots', authorization: 'Bearer token-of-the-test' },
    ]);
  });
});
