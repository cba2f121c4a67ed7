import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutboundHttp } from './outbound-http';

describe('a call that leaves the process', () => {
  const http = new OutboundHttp();
  let server: Server;
  let answer: RequestListener;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    await http.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  it('is repeated while the other side is unwell', async () => {
    let calls = 0;
    answer = (_request, response) => {
      calls += 1;
      response.writeHead(calls < 3 ? 503 : 200).end('{"calls":3}');
    };
    expect(await http.getJson(url)).toEqual({ calls: 3 });
  });

  it('is not repeated when it is refused', async () => {
    let calls = 0;
    answer = (_request, response) => {
      calls += 1;
      response.writeHead(404).end('no such file');
    };
    await expect(http.getBytes(url)).rejects.toMatchObject({ kind: 'status', status: 404 });
    expect(calls).toBe(1);
  });

  it('ends when the answer is larger than it may be', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(2_000));
    await expect(http.getBytes(url, { maxBytes: 1_000 })).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('ends when the answer drips', async () => {
    answer = (_request, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    };
    await expect(http.getBytes(url, { timeoutMs: 200, attempts: 1 })).rejects.toMatchObject({
      kind: 'timeout',
    });
  });

  it('tells that nobody answers', async () => {
    await expect(http.getBytes('http://127.0.0.1:1/', { attempts: 1 })).rejects.toMatchObject({
      kind: 'unreachable',
    });
  });
});
