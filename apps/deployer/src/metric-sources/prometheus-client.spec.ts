import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutboundHttp } from '@croupier/service-kit';
import { MetricFault, SourceFault } from './faults';
import { PrometheusClient } from './prometheus-client';
import { PrometheusConfig } from './prometheus-config';

describe('asking Prometheus', () => {
  const http = new OutboundHttp();
  let server: Server;
  let answer: RequestListener;
  let url: string;
  let client: PrometheusClient;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = { PROMETHEUS_URL: `${url}/behind/`, PROMETHEUS_TOKEN: 'a-secret' };
    client = new PrometheusClient(http, new PrometheusConfig(environment));
  });
  afterAll(async () => {
    await http.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  const answering = (body: object | string, status = 200): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    answer = (_, response) => response.writeHead(status).end(text);
  };
  const vector = (...result: object[]) => ({ status: 'success', data: { resultType: 'vector', result } });

  it('posts the query with the token, and reads samples', async () => {
    let asked: IncomingMessage | undefined;
    answer = (request, response) => {
      asked = request;
      const samples = ['12.5', 'NaN', '+Inf', '-Inf'].map((value) => ({
        metric: { a: 'b' },
        value: [1, value],
      }));
      response.end(JSON.stringify(vector(...samples)));
    };
    const samples = await client.instant('sum(a{b="c&d"})');
    expect(samples.map(({ value }) => value)).toEqual([12.5, NaN, Infinity, -Infinity]);
    expect(samples[0]?.labels).toEqual({ a: 'b' });
    expect(asked?.method).toBe('POST');
    expect(asked?.headers.authorization).toBe('Bearer a-secret');
    const target = new URL(asked?.url ?? '', url);
    expect(target.pathname).toBe('/behind/api/v1/query');
    expect(target.searchParams.get('query')).toBe('sum(a{b="c&d"})');
  });

  it('tells a query that Prometheus refuses from a Prometheus that is away', async () => {
    answering({ status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end' }, 400);
    await expect(client.instant('sum(')).rejects.toThrow(MetricFault);
    await expect(client.instant('sum(')).rejects.toThrow(/parse error: unexpected end/);
    answering({ status: 'error', errorType: 'execution', error: 'same labelset' }, 422);
    await expect(client.instant('a')).rejects.toThrow(MetricFault);
    for (const status of [401, 404, 502]) {
      answering('<html>no</html>', status);
      await expect(client.instant('a')).rejects.toThrow(SourceFault);
    }
    const nobody = new PrometheusConfig({ PROMETHEUS_URL: 'http://127.0.0.1:1' });
    await expect(new PrometheusClient(http, nobody).instant('a')).rejects.toThrow(SourceFault);
  });

  it('repeats neither the query nor the token in what it says', async () => {
    answering('no', 401);
    const failure = (await client.instant('sum(a_metric)').catch((error: Error) => error)) as Error;
    expect(failure.message).toContain('/api/v1/query');
    expect(failure.message).not.toMatch(/a_metric|a-secret/);
  });

  it('tries again what may be better the next time', async () => {
    let calls = 0;
    answer = (_, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 502 : 200).end(JSON.stringify(vector()));
    };
    expect(await client.instant('a')).toEqual([]);
    expect(calls).toBe(2);
  });

  it.each([
    ['warnings: it may be a part', { ...vector(), warnings: ['a store is away'] }],
    ['a range', { status: 'success', data: { resultType: 'matrix', result: [] } }],
    ['native histograms', vector({ metric: {}, histogram: [1, {}] })],
    ['nothing', ''],
    ['far too much', vector({ metric: { a: 'b'.repeat(100_000) }, value: [1, '1'] })],
  ])('takes no numbers from %s', async (_, body) => {
    answering(body);
    await expect(client.instant('a')).rejects.toThrow(MetricFault);
  });

  it('takes what is not JSON for a wrong address', async () => {
    answering('<html>Welcome</html>');
    await expect(client.instant('a')).rejects.toThrow(SourceFault);
  });
});
