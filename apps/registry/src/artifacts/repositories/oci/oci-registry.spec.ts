import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AddressPolicy, GuardedHttp } from '@croupier/service-kit';
import { Fetching } from '../../fetching';
import { OciRegistry } from './oci-registry';
import { parseChallenge, RegistryTokens } from './registry-tokens';

const SUBJECT = `sha256:${'a'.repeat(64)}`;
const descriptor = (digit: string, artifactType: string): object => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${digit.repeat(64)}`,
  size: 7,
  artifactType,
});
const index = (...manifests: object[]): string => JSON.stringify({ schemaVersion: 2, manifests });

describe('an OCI registry', () => {
  const http = new GuardedHttp(new AddressPolicy(['127.0.0.1']));
  let server: Server;
  let answer: RequestListener;
  let asked: string[];
  let registry: OciRegistry;
  let repository: { host: string; repository: string };

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    repository = { host, repository: 'acme/slots' };
    const settings = { kind: 'oci', host, plainHttp: true, names: [] as string[], prefix: '' } as const;
    const fetching = new Fetching(http, { deadlineMs: 30_000, maxBytes: 1_000_000 });
    registry = new OciRegistry(settings, new RegistryTokens(), fetching);
  });
  beforeEach(() => (asked = []));
  afterAll(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });

  it('tells by the referrers API what refers to an artifact, over all pages', async () => {
    const api = `/v2/acme/slots/referrers/${SUBJECT}`;
    answer = ({ url }, response) =>
      url === api
        ? response
            .setHeader('link', `<${api}?last=b>; rel="next"`)
            .end(index(descriptor('b', 'application/spdx+json')))
        : response.end(index(descriptor('c', 'application/vnd.cyclonedx+json')));
    const referrers = await registry.referrers(repository, SUBJECT);
    expect(referrers.map(({ artifactType }) => artifactType)).toEqual([
      'application/spdx+json',
      'application/vnd.cyclonedx+json',
    ]);
    expect(asked).toEqual([api, `${api}?last=b`]);
  });

  it('is not followed to another server for the next page', async () => {
    answer = (_request, response) =>
      response.setHeader('link', '<http://10.0.0.1/next>; rel="next"').end(index(descriptor('b', 'x')));
    expect(await registry.referrers(repository, SUBJECT)).toHaveLength(1);
  });

  it('tells by a tag what refers to an artifact where it has no such API', async () => {
    answer = ({ url = '' }, response) =>
      url.includes('/manifests/')
        ? response
            .setHeader('content-type', 'application/vnd.oci.image.index.v1+json')
            .end(index(descriptor('d', 'y')))
        : response.writeHead(404).end();
    expect(await registry.referrers(repository, SUBJECT)).toMatchObject([{ artifactType: 'y' }]);
    expect(asked.at(-1)).toBe(`/v2/acme/slots/manifests/sha256-${'a'.repeat(64)}`);
  });

  it('is believed the digest of a tag only as far as its bytes have it', async () => {
    answer = ({ method }, response) =>
      method === 'HEAD'
        ? response.setHeader('docker-content-digest', SUBJECT).end()
        : response.setHeader('content-type', 'application/vnd.oci.image.index.v1+json').end(index());
    const digest = await registry.digestOf(repository, '1.0.0');
    expect(digest).toBe(SUBJECT);
    await expect(registry.document(repository, SUBJECT)).rejects.toThrow(
      /has digest sha256:.*, not sha256:a/,
    );
  });

  it('is asked for the bytes when it names a digest by an algorithm of its own', async () => {
    answer = (_request, response) =>
      response
        .setHeader('docker-content-digest', `sha512:${'a'.repeat(128)}`)
        .setHeader('content-type', 'application/vnd.oci.image.index.v1+json')
        .end(index());
    expect(await registry.digestOf(repository, '1.0.0')).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['shorter', '1', /has 1 bytes, not 2/],
    ['longer', '123', /more than 2 bytes/],
    ['other', '12', /has digest/],
  ])('is not believed a blob that is %s than its description', async (_, body, why) => {
    answer = (_request, response) => response.end(body);
    const part = { digest: SUBJECT, mediaType: 'x', sizeBytes: 2 };
    await expect(registry.checkBlob(repository, part)).rejects.toThrow(why);
  });

  it.each([
    [
      'Bearer realm="https://auth.example/t",service="r",scope="repository:a:pull,push"',
      'bearer',
      { realm: 'https://auth.example/t', service: 'r', scope: 'repository:a:pull,push' },
    ],
    ['Basic realm="Registry"', 'basic', { realm: 'Registry' }],
    ['Negotiate, Bearer realm="https://auth.example/t"', 'bearer', { realm: 'https://auth.example/t' }],
  ])('says by %s what it wants', (header, scheme, parameters) => {
    expect(parseChallenge(header)).toEqual({ scheme, parameters });
  });

  it.each(['', 'Digest realm="x"', 'nonsense'])('says nothing by %p', (header) => {
    expect(parseChallenge(header)).toBeNull();
  });
});
