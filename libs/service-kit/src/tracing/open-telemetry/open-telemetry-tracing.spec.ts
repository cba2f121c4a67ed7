import { activeTraceparent } from '@croupier/messaging';
import { eventually, OtlpReceiver } from '@croupier/testing';
import { fastify, type FastifyInstance } from 'fastify';
import { loadConfig } from '../../config/environment';
import { traceRequests } from '../traced-requests';
import { TracingConfig } from '../tracing-config';
import { OpenTelemetryTracing } from './open-telemetry-tracing';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

describe('spans by OpenTelemetry', () => {
  let receiver: OtlpReceiver;
  let tracing: OpenTelemetryTracing;
  let server: FastifyInstance;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    tracing = new OpenTelemetryTracing({
      service: 'registry',
      namespace: 'croupier',
      address: `${receiver.http.url}/v1/traces`,
      config: loadConfig(TracingConfig, { OTEL_BSP_SCHEDULE_DELAY: '10' }),
    });
    server = fastify();
    traceRequests(server, tracing, ['/v1/telemetry']);
    server.route({
      method: ['GET', 'POST'],
      url: '/v1/games/:game',
      handler: async () => ({ traceparent: activeTraceparent(), log: tracing.logFields() }),
    });
    server.post('/v1/telemetry', async () => ({ traceparent: activeTraceparent() ?? null }));
    server.post('/v1/broken', async () => {
      throw new Error('a fault');
    });
  });
  afterAll(async () => {
    await server.close();
    await tracing.close();
    await receiver.http.stop();
  });

  const spanOf = (name: string) =>
    eventually(() => receiver.spans.find((span) => span.name === name), { timeoutMs: 5_000 });

  it('go on with the trace of a request, within its handler too', async () => {
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/games/slots?secret=1',
      headers: { traceparent: TRACEPARENT },
      payload: { some: 'body' },
    });
    const span = await spanOf('POST /v1/games/:game');
    expect(span).toMatchObject({
      ...{ service: 'registry', traceId: TRACE, parentSpanId: PARENT, hasFailed: false },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/v1/games/:game',
        'http.response.status_code': 200,
        'url.path': '/v1/games/slots',
      },
    });
    expect(answer.json()).toEqual({
      traceparent: `00-${TRACE}-${span.spanId}-01`,
      log: { trace_id: TRACE, span_id: span.spanId },
    });
  });

  it('leave out what only reads, and what comes many times a second', async () => {
    expect((await server.inject('/v1/games/slots')).json()).toEqual({ log: {} });
    const telemetry = {
      method: 'POST',
      url: '/v1/telemetry',
      headers: { traceparent: TRACEPARENT },
    } as const;
    expect((await server.inject(telemetry)).json()).toEqual({ traceparent: null });
  });

  it('fail with what they tell of', async () => {
    await server.inject({ method: 'POST', url: '/v1/broken' });
    expect(await spanOf('POST /v1/broken')).toMatchObject({ hasFailed: true, parentSpanId: undefined });
    const work = tracing.within({ name: 'work', parent: TRACEPARENT }, () => Promise.reject(new Error('no')));
    await expect(work).rejects.toThrow('no');
    expect(await spanOf('work')).toMatchObject({ hasFailed: true, traceId: TRACE, parentSpanId: PARENT });
  });

  it('tell of what is over with its own times', async () => {
    const endMs = Date.now() - 60_000;
    const moments = [{ name: 'step.passed', atMs: endMs - 1_000 }];
    tracing.record({ name: 'stage', parent: TRACEPARENT, startMs: endMs - 3_600_000, endMs, moments });
    expect(await spanOf('stage')).toMatchObject({ durationMs: 3_600_000, events: ['step.passed'] });
  });

  it('are lost when nobody takes them, and hold up nothing', async () => {
    const { url } = receiver.http;
    const nowhere = new OpenTelemetryTracing({
      ...{ service: 'cache', namespace: 'croupier', address: `${url}/elsewhere` },
      config: loadConfig(TracingConfig, {}),
    });
    await nowhere.within({ name: 'lost' }, async () => undefined);
    await nowhere.close();
    expect(receiver.spans.some(({ name }) => name === 'lost')).toBe(false);
  });
});
