import { SERVICE_NAMES, type ServiceName } from '@croupier/contracts';
import request from 'supertest';
import { GAME, PROBLEM, type Stage } from './stage';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

interface Route {
  readonly service: ServiceName;
  readonly method: Method;
  readonly path: string;
  readonly query: readonly string[];
}

/** Answers that go on for as long as somebody listens, and files for browsers. */
const UNENDING = /stream|\/events$/;

const SQL = ["' OR '1'='1", '1) UNION SELECT null, secret_hash::text FROM access.access_tokens --', '\u0000'];
const PATHS = ['..%2f..%2f..%2fetc%2fpasswd', '..%5c..%5cwindows', '%00', '%252e%252e%252f'];
/** A cursor as the lists make them, of what it should not be. */
const CURSORS = [
  { createdAt: "' OR 1=1 --", id: 'x' },
  { createdAt: '2026-01-01T00:00:00Z', id: "'; --" },
  ['x'],
  7,
];

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

export function requestAttacks(on: () => Stage): void {
  let known: Route[] | null = null;
  async function routes(...methods: readonly Method[]): Promise<Route[]> {
    known ??= await routesOf(on());
    const found = known.filter(({ method }) => methods.includes(method));
    expect(found.length).toBeGreaterThan(20);
    return found;
  }

  /** All at once would wait for the connections of the database, and one by one for each other. */
  async function sweep(
    all: readonly Route[],
    attack: (route: Route) => Promise<string | null>,
  ): Promise<string[]> {
    const findings: string[] = [];
    const rest = [...all];
    const work = async (): Promise<void> => {
      for (let route = rest.pop(); route !== undefined; route = rest.pop()) {
        const finding = await attack(route);
        if (finding !== null) findings.push(`${route.method} ${route.service}${route.path}: ${finding}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    return findings;
  }

  describe('SQL', () => {
    it.each(SQL)('in every parameter of every route that reads does nothing: %j', async (text) => {
      const findings = await sweep(await routes('get'), async ({ service, path, query }) => {
        const filled = filledWith(path, encodeURIComponent(text));
        const answer = await on()
          .call(service, 'get', filled)
          .query(Object.fromEntries(query.map((name) => [name, text])));
        return answer.status < 500 ? null : `${answer.status} ${answer.text.slice(0, 200)}`;
      });
      expect(findings).toEqual([]);
    });

    it('in the cursor of a list does nothing', async () => {
      const findings = await sweep(
        (await routes('get')).filter(({ query }) => query.includes('cursor')),
        async ({ service, path }) => {
          for (const position of CURSORS) {
            const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
            const filled = filledWith(path, 'acme');
            const { status } = await on().call(service, 'get', filled).query({ cursor });
            if (status >= 500) return `${status} for the cursor of ${JSON.stringify(position)}`;
          }
          return null;
        },
      );
      expect(findings).toEqual([]);
    });

    it('has left everything where it was', async () => {
      await on().call('deployer', 'get', '/v1/releases').expect(200);
      await on().call('access', 'get', '/v1/tokens').expect(200);
    });
  });

  describe('a path that leads elsewhere', () => {
    it.each(PATHS)('opens nothing at any route that reads: %s', async (text) => {
      const findings = await sweep(await routes('get'), async ({ service, path }) => {
        if (!path.includes('{')) return null;
        const answer = await on().call(service, 'get', filledWith(path, text));
        if (answer.status >= 500) return `${answer.status} ${answer.text.slice(0, 200)}`;
        return /root:.*:0:0:/.test(answer.text) ? 'it has read a file' : null;
      });
      expect(findings).toEqual([]);
    });

    it.each([
      '/play/acme/lucky-sevens/../../../../etc/passwd',
      '/play/acme/lucky-sevens/..%2f..%2f..%2fetc%2fpasswd',
      '/play/..%2f..%2fv1%2foverrides%2ftesters',
      '/play/acme/..;/..;/metrics',
      '/preview/acme/lucky-sevens/%2e%2e/%2e%2e/etc/passwd',
      '//etc/passwd',
      '/v1/launch/acme/..%2f..%2fmetrics?player=a&market=MT',
    ])('opens nothing at the gateway: %s', async (path) => {
      const answer = await on().raw(
        'gateway',
        `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).not.toMatch(/root:.*:0:0:/);
    });

    it('opens no file of the console’s machine', async () => {
      for (const path of [
        '/../../../../etc/passwd',
        '/..%2f..%2f..%2fetc%2fpasswd',
        '/assets/..%2f..%2f..%2fpackage.json',
      ]) {
        const answer = await on().raw(
          'console',
          `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
        );
        expect(answer).not.toMatch(/root:.*:0:0:|"dependencies"/);
      }
    });

    it('goes from the console to no other host', async () => {
      for (const path of [
        '/api/127.0.0.1/v1/releases',
        '/api/deployer@127.0.0.1/v1',
        '/api/%2f%2f127.0.0.1/',
        '/api/constructor/x',
      ]) {
        const { status } = await on().call('console', 'get', path);
        expect([path, status >= 400 && status < 500]).toEqual([path, true]);
      }
      expect(on().reached).toEqual([]);
    });
  });

  describe('a body', () => {
    const send = (route: Route, type: string, body: string) =>
      on()
        .call(route.service, route.method, filledWith(route.path, 'x'))
        .set('content-type', type)
        .send(body);

    it.each([
      ['that is nested a thousand deep', 'application/json', nested(1_000)],
      ['with __proto__', 'application/json', '{"__proto__":{"admin":true},"reason":"the test"}'],
      ['with constructor.prototype', 'application/json', '{"constructor":{"prototype":{"admin":true}}}'],
      [
        'with __proto__ further in',
        'application/json',
        '{"reason":"x","settings":{"a":[{"__proto__":{"b":1}}]}}',
      ],
      ['that is no JSON', 'application/json', '{"reason":'],
      ['of another type', 'text/plain', '{"reason":"the test"}'],
      ['of a form', 'multipart/form-data; boundary=x', '--x--'],
      ['of XML', 'application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ])('%s changes nothing at any route that takes one', async (_attack, type, body) => {
      const findings = await sweep(await routes('post', 'put', 'patch'), async (route) => {
        const { status, text } = await send(route, type, body);
        return status < 400 || status >= 500 ? `${status} ${text.slice(0, 200)}` : null;
      });
      expect(findings).toEqual([]);
    });

    it('of 5,000 fields gets a short answer at any route that takes one', async () => {
      const fields = Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1] as const);
      const body = JSON.stringify(Object.fromEntries(fields));
      const findings = await sweep(await routes('post', 'put', 'patch'), async (route) => {
        const { status, text } = await send(route, 'application/json', body);
        return status < 500 && text.length < 16_000 ? null : `${status} in ${text.length} characters`;
      });
      expect(findings).toEqual([]);
    });

    it('of a gigabyte is refused at any route that takes one, before it has come', async () => {
      const findings = await sweep(
        await routes('post', 'put', 'patch'),
        async ({ service, method, path }) => {
          const line = `${method.toUpperCase()} ${filledWith(path, 'x')} HTTP/1.1\r\nhost: a\r\n`;
          const headers = 'content-type: application/json\r\ncontent-length: 1000000000\r\n\r\n{"reason":"';
          const answer = await on().firstOf(service, line + headers);
          return answer.startsWith('HTTP/1.1 413 ') ? null : answer.slice(0, 100);
        },
      );
      expect(findings).toEqual([]);
    });

    it('has left no mark on the prototypes of the process', async () => {
      const { body } = await on().call('access', 'get', '/v1/whoami').expect(200);
      expect(body.admin).toBeUndefined();
    });
  });

  describe('a header', () => {
    it('with a line break in it is refused, and one in the address is no header of the answer', async () => {
      const inName =
        'GET /health/live HTTP/1.1\r\nhost: a\r\nx-request-id: a\rset-cookie: b\r\nconnection: close\r\n\r\n';
      expect(await on().raw('deployer', inName)).toMatch(/^HTTP\/1\.1 400 /);
      for (const service of ['gateway', 'deployer'] as const) {
        const path = `/v1/launch/acme/${GAME}%0d%0aset-cookie:evil=1?player=a&market=MT%0d%0aset-cookie:evil=1`;
        const answer = await on().raw(
          service,
          `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
        );
        expect(answer).not.toMatch(/^set-cookie/im);
      }
    });

    it('that names who acts is a plain name or refused', async () => {
      for (const actor of ['<script>', "a' OR 1=1", 'a'.repeat(101), 'a b'])
        await on()
          .call('deployer', 'post', '/v1/releases')
          .set('x-croupier-actor', actor)
          .send({ provider: 'acme', game: GAME, version: '1.0.0', reason: 'the test' })
          .expect((answer) => expect([400, 422]).toContain(answer.status))
          .expect('content-type', PROBLEM);
    });

    it('of a foreign origin gets no leave to read', async () => {
      for (const service of ['deployer', 'access', 'audit', 'alerts'] as const) {
        const { headers } = await on()
          .call(service, 'get', '/v1/dead-letters')
          .set('origin', 'https://evil.example');
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    });
  });

  describe('a connection', () => {
    const POST = 'POST /v1/webhooks/acme HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';

    it.each<[attack: string, sent: string]>([
      [
        'two lengths',
        `${POST}content-length: 2\r\ncontent-length: 30\r\n\r\n{}GET /metrics HTTP/1.1\r\n\r\n`,
      ],
      [
        'a length and chunks',
        `${POST}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
      ],
      ['chunks in disguise', `${POST}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
      ['chunks twice', `${POST}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
      ['a length with a sign', `${POST}content-length: +2\r\n\r\n{}`],
      ['a space before the colon', `${POST}content-length : 2\r\n\r\n{}`],
    ])('with %s is refused and closed, and what follows is no request', async (_attack, sent) => {
      for (const service of ['aggregator', 'gateway', 'deployer'] as const) {
        const answer = await on().raw(service, sent);
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
        expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
      }
    });

    it('whose headers or body never end is ended', async () => {
      const slow = SERVICE_NAMES.flatMap((service) => [
        on().raw(service, 'GET /health/live HTTP/1.1\r\nhost: a\r\nx-slow'),
        on().raw(service, `${POST}content-length: 100\r\n\r\n{"a`),
      ]);
      for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
    });

    it('with more headers than fit is refused', async () => {
      const headers = Array.from({ length: 2_000 }, (_, index) => `x-${index}: ${'a'.repeat(20)}\r\n`).join(
        '',
      );
      expect(await on().raw('gateway', `GET / HTTP/1.1\r\nhost: a\r\n${headers}\r\n`)).toMatch(
        /^HTTP\/1\.1 431 /,
      );
    });
  });
}

interface Operation {
  readonly parameters?: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

async function routesOf({ platform }: Stage): Promise<Route[]> {
  const found: Route[] = [];
  for (const service of SERVICE_NAMES) {
    const { body } = await request(platform.urls[service]).get('/openapi.json').expect(200);
    for (const [path, operations] of Object.entries<Record<string, Operation>>(body.paths))
      for (const method of METHODS) {
        const operation = operations[method];
        if (operation && !UNENDING.test(path))
          found.push({ service, method, path, query: queryOf(operation.parameters) });
      }
  }
  return found;
}

function queryOf(parameters: readonly Parameter[] = []): string[] {
  return parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
}

function filledWith(path: string, text: string): string {
  return path.replaceAll(/\{\w+\}/g, text).replace('::', ':');
}
