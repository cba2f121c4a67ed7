import { PrometheusConfig } from './prometheus-config';

describe('the configuration of Prometheus', () => {
  it('has defaults', () => {
    expect(new PrometheusConfig({})).toMatchObject({
      url: 'http://127.0.0.1:9090',
      token: null,
      intervalMs: 1_000,
    });
  });

  it('may have a path, as behind a proxy', () => {
    const config = new PrometheusConfig({ PROMETHEUS_URL: 'https://metrics.test/prometheus/' });
    expect(config.url).toBe('https://metrics.test/prometheus');
  });

  it.each([
    ['PROMETHEUS_URL', 'metrics.test:9090'],
    ['PROMETHEUS_URL', 'http://anna:secret@metrics.test'],
    ['PROMETHEUS_TOKEN', ''],
    ['PROMETHEUS_INTERVAL_MS', '5'],
  ])('names %s when it is %s, and repeats no secret', (name, value) => {
    expect(() => new PrometheusConfig({ [name]: value })).toThrow(name);
    expect(() => new PrometheusConfig({ [name]: value })).not.toThrow(/secret@/);
  });
});
