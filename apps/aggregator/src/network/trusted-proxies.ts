import { Injectable } from '@nestjs/common';
import { AggregatorConfig } from '../aggregator-config';
import { addressRangesOf, type AddressRanges } from './address-ranges';

/** Proxies far longer than any real chain of them. */
const MAX_HOPS = 20;

/** Whose word on where a request comes from, and on its client certificate, is believed. */
@Injectable()
export class TrustedProxies {
  private readonly trusted: AddressRanges;

  constructor({ trustedProxies }: AggregatorConfig) {
    this.trusted = addressRangesOf(trustedProxies);
  }

  trusts(peer: string): boolean {
    return this.trusted(peer);
  }

  /**
   * The last address that no trusted proxy has: what stands further left in X-Forwarded-For was written by the client.
   *
   * @param peer the other end of the connection
   */
  clientOf(peer: string, forwardedFor: string | string[] | undefined): string {
    const hops = typeof forwardedFor === 'string' ? forwardedFor.split(',').slice(-MAX_HOPS) : [];
    let address = peer;
    while (this.trusted(address)) {
      const before = hops.pop()?.trim();
      if (before === undefined || before === '') break;
      address = before;
    }
    return address;
  }
}
