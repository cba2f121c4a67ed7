import 'reflect-metadata';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Body, Controller, Get, Header, Module, Post } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemFilter } from '../problems/problem-filter';
import { createAdapter } from './http';

@Controller()
class EchoController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }

  @Get('tagged')
  @Header('etag', '"1"')
  tagged(): object {
    return {};
  }

  @Get('kept')
  @Header('cache-control', 'max-age=60')
  kept(): object {
    return {};
  }

  @Get('play/page')
  page(): object {
    return {};
  }
}

@Module({
  controllers: [EchoController],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
class EchoModule {}

const LIMITS = {
  HTTP_REQUEST_TIMEOUT_MS: 400,
  HTTP_HEADERS_TIMEOUT_MS: 200,
  HTTP_KEEP_ALIVE_TIMEOUT_MS: 200,
};

describe('the HTTP server of every service', () => {
  let app: NestFastifyApplication;
  let url: string;
  let port: number;

  beforeAll(async () => {
    const definition = {
      name: 'aggregator' as const,
      description: 'echo',
      module: EchoModule,
      migrations: [],
    };
    app = await NestFactory.create<NestFastifyApplication>(
      EchoModule,
      createAdapter({ ...definition, untouchedPaths: ['/play/'] }, LIMITS),
      { bodyParser: false, logger: false },
    );
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  });

  afterAll(() => app.close());

  const post = (body: string, type = 'application/json'): Promise<Response> =>
    fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': type }, body });

  /** Sends this and no more, and reads until the server closes. */
  const answerTo = async (sent: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(sent);
    return text(socket);
  };

  it.each(['tagged', 'nowhere'])('lets no browser frame, sniff or run the answer of /%s', async (path) => {
    const { headers } = await fetch(`${url}/${path}`);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each([
    ['nowhere', 'no-store'],
    ['tagged', 'no-cache'],
    ['kept', 'max-age=60'],
  ])('answers /%s for caches with %s', async (path, cacheControl) => {
    expect((await fetch(`${url}/${path}`)).headers.get('cache-control')).toBe(cacheControl);
  });

  it('leaves the answers of games as they are', async () => {
    const { headers } = await fetch(`${url}/play/page`);
    expect(headers.get('content-security-policy')).toBeNull();
    expect(headers.get('cache-control')).toBeNull();
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])(
    'refuses %s',
    async (type) => {
      const answer = await post('a=1', type);
      expect(answer.status).toBe(415);
      expect(await answer.json()).toMatchObject({ type: expect.stringContaining('unsupported-media-type') });
    },
  );

  it.each(['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', '', '{"a":'])(
    'refuses the body %s',
    async (body) => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ type: expect.stringContaining('malformed-json') });
    },
  );

  it('takes JSON nested 64 deep, whatever its strings hold, and none deeper', async () => {
    const nested = (depth: number): string => '['.repeat(depth - 1) + '["\\"[[[["]' + ']'.repeat(depth - 1);
    expect((await post(nested(64))).status).toBe(201);
    expect((await post(nested(65))).status).toBe(400);
  });

  it('refuses a URL of more than 8 KiB', async () => {
    const answer = await fetch(`${url}/tagged?q=${'a'.repeat(9_000)}`);
    expect(answer.status).toBe(414);
    expect(await answer.json()).toMatchObject({ type: expect.stringContaining('url-too-long') });
  });

  it('refuses headers of more than 16 KiB', async () => {
    const answer = await answerTo(`GET /tagged HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('application/problem+json');
  });

  it.each([
    [
      'a body',
      'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"a',
    ],
    ['headers', 'GET /tagged HTTP/1.1\r\nhost: a\r\nx-slow'],
  ])('ends a connection whose %s never ends', async (_part, sent) => {
    expect(await answerTo(sent)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('ends a connection that is idle after its answer', async () => {
    expect(await answerTo('GET /tagged HTTP/1.1\r\nhost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });
});
