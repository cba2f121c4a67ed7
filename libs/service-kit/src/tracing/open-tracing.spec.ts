import { loadConfig } from '../config/environment';
import { TracingConfig, tracesAddress } from './tracing-config';

const loaded: string[] = [];
for (const name of [
  '@opentelemetry/sdk-trace',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/context-async-hooks',
  '@opentelemetry/resources',
])
  jest.doMock(name, () => {
    loaded.push(name);
    return jest.requireActual<object>(name);
  });

const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1/otlp/' };

describe('tracing', () => {
  it('loads nothing of the SDK while it is off', async () => {
    // The whole kit, as a service has it.
    const kit = await import('../index');
    const { openTracing } = await import('./open-tracing');
    const tracing = await openTracing('registry', 'croupier', { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(tracing).toBeInstanceOf(kit.Untraced);
    expect(tracing.isOn).toBe(false);
    expect(await tracing.within({ name: 'work' }, async () => 'done')).toBe('done');
    expect(loaded).toEqual([]);
  });

  it('loads it where spans have somewhere to go', async () => {
    const { openTracing } = await import('./open-tracing');
    const tracing = await openTracing('registry', 'croupier', COLLECTOR);
    expect(tracing.isOn).toBe(true);
    expect(loaded).toContain('@opentelemetry/sdk-trace');
    await tracing.close();
  });

  it('is switched by the variables of OpenTelemetry', () => {
    const addressOf = (environment: Record<string, string>): string | undefined =>
      tracesAddress(loadConfig(TracingConfig, environment));
    expect(addressOf({})).toBeUndefined();
    expect(addressOf(COLLECTOR)).toBe('http://127.0.0.1:1/otlp/v1/traces');
    expect(addressOf({ ...COLLECTOR, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' };
    expect(addressOf({ ...COLLECTOR, ...own })).toBe('https://traces.example/in');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ])('refuses to start with %s=%s', (name, value) => {
    expect(() => loadConfig(TracingConfig, { [name]: value })).toThrow(name);
  });
});
