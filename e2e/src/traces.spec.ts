import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, OtlpReceiver, type ReceivedSpan } from '@croupier/testing';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import { startPlatform, startProvider, type TestPlatform } from './platform';

const PROVIDER_SECRET = `whsec_${Buffer.from('the secret of a traced provider').toString('base64')}`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
/** Of the provider's own span, which it sends elsewhere. */
const PROVIDERS_SPAN = 'b7ad6b7169203331';
const STAGES = ['release queue', 'release staging', 'release tests', 'release promotion'];
const SERVICES = ['aggregator', 'alerts', 'audit', 'cache', 'deployer', 'flags', 'migrator', 'registry'];

describe('the trace of a version', () => {
  let platform: TestPlatform;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let receiver: OtlpReceiver;
  let spans: ReceivedSpan[];

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.http.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      LOG_LEVEL: 'info',
    };
    [platform, provider] = await Promise.all([startPlatform(variables), startProvider()]);
    await request(platform.urls.aggregator)
      .put('/v1/providers/acme')
      .set('authorization', `Bearer ${platform.secrets['OPERATOR_TOKEN']}`)
      .send({ secret: PROVIDER_SECRET })
      .expect(201);
    await announce('slots', '1.0.0');
    spans = await eventually(
      () => {
        const found = receiver.ofTrace(TRACE);
        const isWhole =
          STAGES.every((stage) => found.some(({ name }) => name === stage)) &&
          SERVICES.every((service) => found.some((span) => span.service === service)) &&
          found.some(({ name }) => name === 'invalidate caches');
        return isWhole && found;
      },
      { timeoutMs: 40_000 },
    );
  }, 120_000);
  afterAll(async () => {
    await Promise.all([platform.stop(), provider.stop()]);
    await receiver.http.stop();
  });

  async function announce(game: string, version: string, digest?: string): Promise<void> {
    const { body: published } = await request(provider.url)
      .post('/publish')
      .send({ game, version, markets: ['MT'] })
      .expect(201);
    const { manifestUrl, manifestSha256 } = published as Record<string, string>;
    const at = new Date();
    const body = JSON.stringify({
      type: 'game.added',
      timestamp: at.toISOString(),
      data: { game, version, manifestUrl, manifestSha256: digest ?? manifestSha256 },
    });
    await request(platform.urls.aggregator)
      .post('/v1/webhooks/acme')
      .set('content-type', 'application/json')
      .set('webhook-id', `msg_${version}`)
      .set('webhook-timestamp', String(Math.floor(at.getTime() / 1000)))
      .set('webhook-signature', new Webhook(PROVIDER_SECRET).sign(`msg_${version}`, at, body))
      .set('traceparent', `00-${TRACE}-${PROVIDERS_SPAN}-01`)
      .send(body)
      .expect(202);
  }

  it('begins with the webhook and has every span below it', async () => {
    const [webhook] = spans.filter(({ name }) => name === 'POST /v1/webhooks/:provider');
    expect(webhook).toMatchObject({ service: 'aggregator', parentSpanId: PROVIDERS_SPAN });
    await eventually(() => {
      const all = receiver.ofTrace(TRACE);
      const known = new Set([PROVIDERS_SPAN, ...all.map(({ spanId }) => spanId)]);
      return all.every(({ parentSpanId }) => known.has(parentSpanId ?? 'none'));
    });
  });

  it.each([
    ['aggregator', 'send game.version.announced'],
    ['registry', 'process game.version.announced'],
    ['registry', 'check artifact'],
    ['deployer', 'process artifact.registered'],
    ['cache', 'process rollout.promoted'],
    ['deployer', 'process cache.invalidated'],
  ])(
    'tells what each service did, and when the events between them were on their way: %s, %s',
    async (...of) => {
      const told = (): boolean =>
        receiver.ofTrace(TRACE).some(({ service, name }) => service === of[0] && name === of[1]);
      expect(await eventually(told)).toBe(true);
    },
  );

  it('has the stages of the release with their own times', () => {
    const stages = spans.filter(({ name }) => name.startsWith('release '));
    expect(stages.every(({ service, hasFailed }) => service === 'deployer' && !hasFailed)).toBe(true);
    expect(new Set(stages.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
    expect(stages.find(({ name }) => name === 'release promotion')).toMatchObject({
      events: ['rollout.promoted'],
      attributes: { 'croupier.provider': 'acme', 'croupier.game': 'slots', 'croupier.version': '1.0.0' },
    });
  });

  it('is named in lines of the log', async () => {
    await announce('slots', '1.0.1', 'f'.repeat(64));
    const line = await eventually(async () => {
      const log = await readFile(join(platform.stateDirectory, 'logs', 'platform.log'), 'utf8');
      return log.split('\n').find((each) => each.includes('acme/slots@1.0.1 rejected'));
    });
    expect(JSON.parse(line)).toMatchObject({ trace_id: TRACE, span_id: expect.any(String) });
  });
});
