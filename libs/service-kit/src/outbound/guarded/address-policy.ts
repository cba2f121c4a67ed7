import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * What no public host has: the special-purpose addresses of IANA that are not globally reachable
 * (https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, RFC 6890), multicast,
 * and the IPv6 ranges that stand for an IPv4 address, which a translator could turn into any of the others.
 */
const NOT_PUBLIC: readonly [range: string, prefix: number, family: 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.31.196.0', 24, 'ipv4'],
  ['192.52.193.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['192.175.48.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
];

/** Of IPv6 only what has been given out as global unicast is public, less these parts of it. */
const GLOBAL_UNICAST = ['2000::', 3] as const;
const NOT_PUBLIC_IPV6: readonly [range: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const notPublic = new BlockList();
for (const [range, prefix, family] of NOT_PUBLIC) notPublic.addSubnet(range, prefix, family);
for (const [range, prefix] of NOT_PUBLIC_IPV6) notPublic.addSubnet(range, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet(...GLOBAL_UNICAST, 'ipv6');

/** Decides to which addresses a call may go that somebody outside has named. */
export class AddressPolicy {
  private readonly internalRanges = new BlockList();
  private readonly internalNames = new Set<string>();

  /**
   * @param internal - addresses, ranges (`10.1.0.0/16`) and host names that may be reached although they are not
   *   public, and without TLS
   * @throws RangeError which names the entry that is none of these
   */
  constructor(internal: readonly string[]) {
    for (const entry of internal) this.addInternal(entry.toLowerCase());
  }

  /** Why there may be no connection to the address that `host` stands for; null when there may be. */
  refusal(host: string, address: string, protocol: string): string | null {
    const plain = unmapped(address);
    if (this.internalNames.has(host.toLowerCase()) || this.isInternal(plain)) return null;
    if (!isPublic(plain)) return `${host} is at ${address}, which is no public address`;
    return protocol === 'https:' ? null : `${host} would be asked without TLS`;
  }

  private isInternal(address: string): boolean {
    return this.internalRanges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  private addInternal(entry: string): void {
    const [address = '', prefix] = entry.split('/');
    const version = isIP(address);
    if (version === 0) {
      if (prefix !== undefined || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(entry))
        throw new RangeError(`${entry} is no address, no range and no host name`);
      this.internalNames.add(entry);
      return;
    }
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) return this.internalRanges.addAddress(address, family);
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 6 ? 128 : 32))
      throw new RangeError(`${entry} is no range`);
    this.internalRanges.addSubnet(address, Number(prefix), family);
  }
}

function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !notPublic.check(address, 'ipv4');
  return version === 6 && globalUnicast.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** `::ffff:10.0.0.1` reaches 10.0.0.1 (RFC 4291, section 2.5.5.2), and is judged as that. */
function unmapped(address: string): string {
  if (!isIPv6(address)) return address;
  // The parser of URLs writes every form of an IPv6 address in one way: ::ffff:a00:1.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
