import { BlockList, isIP, isIPv4 } from 'node:net';

/** Whether an address is in any of the ranges (`203.0.113.0/24`) or is one of the addresses listed. */
export type AddressRanges = (address: string) => boolean;

/** @param ranges addresses and CIDR ranges, known to be well-formed */
export function addressRangesOf(ranges: readonly string[]): AddressRanges {
  if (ranges.length === 0) return () => false;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = withoutZoneAndMapping(address);
    return isIP(plain) !== 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}

/** A socket that listens on IPv6 shows IPv4 peers as `::ffff:192.0.2.1` (RFC 4291, section 2.5.5.2). */
function withoutZoneAndMapping(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
