import fc from 'fast-check';
import { AggregatorConfig } from '../aggregator-config';
import { addressRangesOf } from './address-ranges';
import { TrustedProxies } from './trusted-proxies';

describe('address ranges', () => {
  const inRanges = addressRangesOf(['203.0.113.0/24', '198.51.100.7', '2001:db8::/32']);

  it.each([
    ['203.0.113.0', true],
    ['203.0.113.255', true],
    ['203.0.114.0', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['::ffff:203.0.113.9', true],
    ['2001:db8::1', true],
    ['2001:db8::1%eth0', true],
    ['2001:db9::1', false],
    ['', false],
    ['not an address', false],
  ])('have %j: %s', (address, expected) => {
    expect(inRanges(address)).toBe(expected);
  });

  it('judge whatever text there is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof inRanges(text) === 'boolean'));
  });
});

describe('the client behind trusted proxies', () => {
  const proxies = new TrustedProxies(
    new AggregatorConfig({
      SECRETS_KEY: Buffer.alloc(32).toString('base64'),
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    }),
  );

  it.each([
    ['is the peer when that is no proxy', '203.0.113.9', '198.51.100.7', '203.0.113.9'],
    ['is whom the proxy saw', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['is never what the client wrote itself', '10.0.0.1', '203.0.113.1, 198.51.100.7', '198.51.100.7'],
    ['is found behind several proxies', '10.0.0.1', '203.0.113.1, 198.51.100.7, 10.0.0.9', '198.51.100.7'],
    ['is the peer when the header is missing', '10.0.0.1', undefined, '10.0.0.1'],
    ['is the last proxy when nothing else is known', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['is the proxy when the header is empty', '10.0.0.1', ' , ', '10.0.0.1'],
  ])('%s', (_, peer, forwardedFor, client) => {
    expect(proxies.clientOf(peer, forwardedFor)).toBe(client);
  });

  it('are nobody by default', () => {
    const nobody = new TrustedProxies(
      new AggregatorConfig({ SECRETS_KEY: Buffer.alloc(32).toString('base64') }),
    );
    expect(nobody.trusts('127.0.0.1')).toBe(false);
  });

  it('are named by addresses and ranges only', () => {
    const config = (): AggregatorConfig =>
      new AggregatorConfig({
        SECRETS_KEY: Buffer.alloc(32).toString('base64'),
        TRUSTED_PROXIES: 'proxy.local',
      });
    expect(config).toThrow(/TRUSTED_PROXIES/);
  });
});
