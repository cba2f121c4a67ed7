import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AddressPolicy } from './address-policy';
import { GuardedHttp } from './guarded-http';

const LIMITS = { minBytesPerSecond: 10_000, windowMs: 50, redirects: 2 };
const MANY = { maxBytes: 10_000, attempts: 1 };

describe('a call to an address that others name', () => {
  const closed = new GuardedHttp(new AddressPolicy([]), LIMITS);
  const open = new GuardedHttp(new AddressPolicy(['127.0.0.0/8']), LIMITS);
  let server: Server;
  let answer: RequestListener;
  let asked: { path: string; headers: IncomingHttpHeaders }[];
  let port: number;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ path: request.url ?? '', headers: request.headers });
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    url = `http://127.0.0.1:${port}`;
  });
  beforeEach(() => {
    asked = [];
    answer = (_request, response) => response.end('inside');
  });
  afterAll(async () => {
    await Promise.all([closed.close(), open.close()]);
    server.closeAllConnections();
    server.close();
  });

  const redirecting = (to: string): RequestListener => {
    return (request, response) =>
      request.url === '/' ? response.writeHead(302, { location: to }).end() : response.end('inside');
  };

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.1'])(
    'never reaches this machine as %s',
    async (host) => {
      await expect(closed.get(`http://${host}:${port}/`, MANY)).rejects.toMatchObject({
        kind: 'forbidden',
        message: expect.stringMatching(/no public address/),
        retryable: false,
      });
      expect(asked).toEqual([]);
    },
  );

  it('reaches what is inside by configuration', async () => {
    expect((await open.get(url, MANY)).body.toString()).toBe('inside');
  });

  it.each([
    ['a private address', 'http://10.0.0.1/', /no public address/],
    ['a file', 'file:///etc/passwd', /neither https nor http/],
    ['an address with credentials', 'https://user:secret@cdn.example/', /has credentials in it$/],
  ])('does not follow a redirect to %s', async (_, target, why) => {
    answer = redirecting(target);
    await expect(open.get(url, MANY)).rejects.toMatchObject({ message: expect.stringMatching(why) });
  });

  it('follows redirects, but not for ever', async () => {
    answer = redirecting('/next');
    expect(await open.get(url, MANY)).toMatchObject({ status: 200, url: `${url}/next` });
    answer = (_request, response) => response.writeHead(302, { location: '/' }).end();
    await expect(open.get(url, MANY)).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('more than 2 times'),
    });
  });

  it('keeps credentials to the host that they are for', async () => {
    const headers = { Authorization: 'Bearer secret', accept: 'text/plain' };
    answer = redirecting('/same');
    await open.get(url, { ...MANY, headers });
    answer = redirecting(`http://localhost:${port}/other`);
    await open.get(url, { ...MANY, headers });
    expect(asked.find(({ path }) => path === '/same')?.headers.authorization).toBe('Bearer secret');
    const other = asked.find(({ path }) => path === '/other')?.headers;
    expect(other).toMatchObject({ accept: 'text/plain' });
    expect(other).not.toHaveProperty('authorization');
  });

  it('ends when the body drips, and does not try again', async () => {
    answer = (_request, response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
    };
    await expect(open.digest(url, { ...MANY, attempts: 3 })).rejects.toMatchObject({
      kind: 'too-slow',
      retryable: false,
    });
    expect(asked).toHaveLength(1);
  });

  it('ends when the body is larger than it may be', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(20_000));
    await expect(open.get(url, MANY)).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('ends for good when the time of the whole is up', async () => {
    answer = () => undefined;
    const whole = new AbortController();
    const call = open.get(url, { ...MANY, attempts: 5, signal: whole.signal });
    setImmediate(() => whole.abort());
    await expect(call).rejects.toMatchObject({ kind: 'too-slow' });
  });

  it('takes no part for the whole, and fetches a body anew that was cut', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '6' });
      if (asked.length < 3) response.write('ins', () => response.destroy());
      else response.end('inside');
    };
    const { sizeBytes } = await open.digest(url, { maxBytes: 100, attempts: 3 });
    expect(sizeBytes).toBe(6);
    expect(asked).toHaveLength(3);
  });

  it('tells statuses that are awaited, and quotes nothing of the body of others', async () => {
    answer = (_request, response) => response.writeHead(404).end('secret of another service');
    expect((await open.get(url, { ...MANY, answers: [404] })).status).toBe(404);
    await expect(open.get(`${url}/x?token=secret`, MANY)).rejects.toThrow(`${url}/x answered 404`);
    await expect(open.get(`${url}/x?token=secret`, MANY)).rejects.not.toThrow(/secret/);
  });
});
