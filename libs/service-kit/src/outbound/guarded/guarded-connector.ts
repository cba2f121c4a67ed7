import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { OutboundHttpError } from '../outbound-http-error';
import type { AddressPolicy } from './address-policy';

type Protocol = 'http:' | 'https:';

/**
 * Connects only to what the policy lets pass. It judges the very addresses that the connection is made to, so that a
 * name cannot stand for one address when it is checked and for another when it is used.
 */
export function guardedConnector(policy: AddressPolicy, timeoutMs: number): buildConnector.connector {
  const through = (protocol: Protocol): buildConnector.connector =>
    // undici hands `lookup` on to net.connect and tls.connect.
    buildConnector({
      timeout: timeoutMs,
      lookup: guardedLookup(policy, protocol),
    });
  const connectors = { 'http:': through('http:'), 'https:': through('https:') };
  return (options, callback) => {
    const protocol = options.protocol === 'http:' ? 'http:' : 'https:';
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // A host that is an address is never looked up.
    const refused = isIP(host) === 0 ? null : policy.refusal(host, host, protocol);
    if (refused !== null) return callback(OutboundHttpError.forbidden(refused), null);
    connectors[protocol](options, callback);
  };
}

function guardedLookup(policy: AddressPolicy, protocol: Protocol): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const refusals = found.map(({ address }) => policy.refusal(hostname, address, protocol));
      const allowed = found.filter((_, index) => refusals[index] === null);
      const [first] = allowed;
      if (!first) return callback(forbidden(hostname, refusals), '', 0);
      if (options.all) (callback as unknown as (e: null, all: LookupAddress[]) => void)(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function forbidden(hostname: string, refusals: readonly (string | null)[]): OutboundHttpError {
  return OutboundHttpError.forbidden(refusals[0] ?? `${hostname} has no address`);
}
