import fc from 'fast-check';
import { AddressPolicy } from './address-policy';

const nobodyInside = new AddressPolicy([]);
const refusal = (address: string, protocol = 'https:'): string | null =>
  nobodyInside.refusal('cdn.example', address, protocol);

describe('the policy on addresses that others name', () => {
  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback by another number', '127.8.9.10'],
    ['this host', '0.0.0.0'],
    ['private, 10/8', '10.1.2.3'],
    ['private, 172.16/12', '172.31.255.255'],
    ['private, 192.168/16', '192.168.0.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['link-local, where clouds keep credentials', '169.254.169.254'],
    ['benchmarking', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['IPv6 loopback', '::1'],
    ['IPv6 unspecified', '::'],
    ['IPv6 unique local', 'fd00::1'],
    ['IPv6 link-local', 'fe80::1'],
    ['IPv6 link-local with its zone', 'fe80::1%eth0'],
    ['IPv6 multicast', 'ff02::1'],
    ['IPv4 mapped into IPv6', '::ffff:10.0.0.1'],
    ['the same in hexadecimal', '::ffff:7f00:1'],
    ['IPv4 by NAT64', '64:ff9b::a00:1'],
    ['IPv4 by 6to4', '2002:a00:1::1'],
    ['Teredo', '2001:0:a00:1::1'],
    ['IPv4-compatible', '::10.0.0.1'],
    ['what is no address at all', 'cdn.example'],
  ])('refuses %s', (_, address) => {
    expect(refusal(address)).toContain('no public address');
  });

  it.each(['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:8.8.8.8'])(
    'lets %s pass, over TLS alone',
    (address) => {
      expect(refusal(address)).toBeNull();
      expect(refusal(address, 'http:')).toContain('without TLS');
    },
  );

  it('judges an IPv4 address and its mapping into IPv6 alike', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(refusal(`::ffff:${address}`) === null).toBe(refusal(address) === null);
      }),
    );
  });

  it('lets pass what is inside by configuration, with and without TLS, and nothing beside it', () => {
    const policy = new AddressPolicy(['127.0.0.0/8', '::1', 'Registry.Internal']);
    for (const address of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
      expect(policy.refusal('x', address, 'http:')).toBeNull();
    expect(policy.refusal('registry.internal', '10.0.0.7', 'http:')).toBeNull();
    expect(policy.refusal('other.internal', '10.0.0.7', 'https:')).toContain('no public address');
  });

  it.each(['10.0.0.0/33', '::1/129', 'a b', 'host/8', '10.0.0.0/x'])('does not take %s', (entry) => {
    expect(() => new AddressPolicy([entry])).toThrow(RangeError);
  });
});
