import { newestCluster } from './debian-packages';
import { loopbackAddress } from './docker-compose';

describe('the output of pg_lsclusters', () => {
  it('names the newest cluster', () => {
    const listing = [
      '9.6 main  5432 down   postgres /var/lib/postgresql/9.6/main  /var/log/a.log',
      '15  main  5433 online postgres /var/lib/postgresql/15/main   /var/log/b.log',
    ].join('\n');
    expect(newestCluster(listing)).toEqual({ version: '15', name: 'main', port: '5433', online: true });
  });

  it('may be empty, which has a remedy', () => {
    expect(() => newestCluster('')).toThrow(/pg_createcluster/);
  });
});

describe('the output of docker compose port', () => {
  it.each([
    ['0.0.0.0:5432', '127.0.0.1:5432'],
    ['[::]:32768', '127.0.0.1:32768'],
    ['127.0.0.1:15432', '127.0.0.1:15432'],
  ])('%s is reached at %s', (published, address) => {
    expect(loopbackAddress(published)).toBe(address);
  });

  it('may say that nothing is published', () => {
    expect(() => loopbackAddress('')).toThrow(/publishes no port/);
  });
});
