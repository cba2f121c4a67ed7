import { ProxiedServices } from './proxied-services';

const services = new ProxiedServices({ REGISTRY_URL: 'http://registry:4002/' });

describe('the services behind the console', () => {
  it('are where their variables say, or at their usual ports', () => {
    expect(services.addressOf('registry', '/v1/where')).toBe('http://registry:4002/v1/where');
    expect(services.addressOf('deployer', '/health/ready')).toBe('http://127.0.0.1:4003/health/ready');
    expect(services.addressOf('audit', '/v1/entries')).toBe('http://127.0.0.1:4009/v1/entries');
  });

  it.each([
    ['console', '/v1/releases'],
    ['postgres', '/v1/releases'],
    ['deployer', '/metrics'],
    ['deployer', '/v1/../metrics'],
    ['deployer', '/v1/%2e%2e/metrics'],
    ['deployer', '/v1/..%2fmetrics'],
    ['deployer', '/v1//metrics'],
  ])('do not include %s%s', (service, path) => {
    expect(services.addressOf(service, path)).toBeNull();
  });
});
