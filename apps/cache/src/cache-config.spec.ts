import { CacheConfig } from './cache-config';

const FASTLY = {
  kind: 'fastly',
  name: 'edge',
  serviceId: 'SU1Z0isxPaozGVKXdv0eY',
  token: '${FASTLY_TOKEN}',
  host: 'games.example.com',
};
const withTargets = (targets: unknown, more: Record<string, string> = {}) => ({
  CACHE_TARGETS: typeof targets === 'string' ? targets : JSON.stringify(targets),
  ...more,
});

describe('the configuration of caches', () => {
  it('has no targets of its own unless it is told', () => {
    expect(new CacheConfig({})).toMatchObject({ targets: [], attempts: 12 });
  });

  it('takes secrets from variables of their own', () => {
    const { targets } = new CacheConfig(withTargets([FASTLY], { FASTLY_TOKEN: 'secret' }));
    expect(targets).toMatchObject([{ token: 'secret', apiUrl: 'https://api.fastly.com', soft: true }]);
  });

  it.each([
    ['{', 'CACHE_TARGETS is not JSON'],
    [[FASTLY], 'FASTLY_TOKEN'],
    [[{ ...FASTLY, token: 'x', colour: 'red' }], 'colour'],
    [[{ kind: 'varnish', name: 'edge', urls: ['ftp://x'], token: 'x' }], '0.urls.0'],
    [[{ kind: 'redis', name: 'modules', url: 'http://x', namespace: 'm' }], '0.url'],
    [[{ ...FASTLY, token: 'x', name: 'shared-cache' }], 'must not be shared-cache'],
    [
      [
        { ...FASTLY, token: 'x' },
        { ...FASTLY, token: 'x' },
      ],
      'two targets named edge',
    ],
  ])('refuses %j and says %s', (targets, message) => {
    expect(() => new CacheConfig(withTargets(targets))).toThrow(message);
  });
});
