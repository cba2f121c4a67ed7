import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceAddresses } from '../config/service-addresses';
import { OutboundHttp } from './outbound-http';
import { VersionFiles } from './version-files';

const OPTIONS = { maxBytes: 100, timeoutMs: 5_000, attempts: 1 };
const TOKEN = 'a-service-token-of-the-test';

describe('files of registered versions', () => {
  const http = new OutboundHttp();
  const opened: VersionFiles[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) =>
      response.end(`${request.url} for ${request.headers.authorization ?? 'anybody'}`),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    for (const files of opened) await files.onApplicationShutdown();
    await http.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  function filesWith(variables: Readonly<Record<string, string>>): VersionFiles {
    const environment = { SERVICE_TOKEN: TOKEN, ...variables };
    const files = new VersionFiles(http, new ServiceAddresses(environment), environment);
    opened.push(files);
    return files;
  }

  it('are not fetched from an address inside', async () => {
    const files = filesWith({ REGISTRY_URL: 'http://registry.test' });
    await expect(files.get(`${url}/a.js`, OPTIONS)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('are fetched from those addresses inside that versions may come from, without a token', async () => {
    const files = filesWith({ REGISTRY_URL: 'http://registry.test', ARTIFACT_INTERNAL_HOSTS: '127.0.0.1' });
    expect((await files.get(`${url}/a.js`, OPTIONS)).toString()).toBe('/a.js for anybody');
  });

  it('are passed on by the registry, wherever that is', async () => {
    const files = filesWith({ REGISTRY_URL: url });
    expect((await files.get(`${url}/a.js`, OPTIONS)).toString()).toBe(`/a.js for Bearer ${TOKEN}`);
  });

  it('are given up when they are larger than they may be', async () => {
    const files = filesWith({ REGISTRY_URL: 'http://registry.test', ARTIFACT_INTERNAL_HOSTS: '127.0.0.1' });
    await expect(files.get(`${url}/a.js`, { ...OPTIONS, maxBytes: 3 })).rejects.toMatchObject({
      kind: 'too-large',
    });
  });
});
