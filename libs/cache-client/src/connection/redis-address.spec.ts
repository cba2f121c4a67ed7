import { redisAddress } from './redis-address';

describe('the address of a Redis', () => {
  it('may be that of one server', () => {
    expect(redisAddress('redis://127.0.0.1:6379/2')).toEqual({
      kind: 'single',
      url: 'redis://127.0.0.1:6379/2',
    });
  });

  it('may be those of sentinels, and the name of the master', () => {
    expect(redisAddress('redis+sentinel://me:se%2Fcret@one:1,[::1]:2,three/main')).toEqual({
      kind: 'sentinel',
      master: 'main',
      nodes: [
        { host: 'one', port: 1 },
        { host: '::1', port: 2 },
        { host: 'three', port: 26_379 },
      ],
      tls: false,
      username: 'me',
      password: 'se/cret',
    });
  });

  it('may be those of some nodes of a cluster', () => {
    expect(redisAddress('rediss+cluster://one:7000,two:7001')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'one', port: 7_000 },
        { host: 'two', port: 7_001 },
      ],
      tls: true,
    });
  });

  it.each([
    '',
    'localhost',
    'http://localhost',
    'redis+sentinel://one:1',
    'redis+cluster://one:1/main',
    'redis+cluster://one:x',
    'redis+cluster://',
    'redis+cluster://one:1,',
  ])('is not %s', (text) => {
    expect(redisAddress(text)).toBeNull();
  });
});
