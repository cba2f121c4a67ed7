import type { ProviderSettings, RateLimit } from '@croupier/contracts';
import { addressRangesOf, type AddressRanges } from '../network/address-ranges';
import type { Secret } from '../signatures/secret';
import { schemeOf } from '../signatures/scheme-of';
import type { SignatureScheme } from '../signatures/signature-scheme';
import { payloadReaderOf, type PayloadReader } from '../webhooks/payload-reader';
import { TokenBucket } from './token-bucket';

export interface ActiveSecret extends Secret {
  /** Milliseconds since 1970; none for the current one. */
  readonly validUntilMs: number | undefined;
}

/** What accepting a provider's webhooks takes, ready to use: compiled expressions, parsed ranges, opened secrets. */
export interface ProviderProfile {
  readonly name: string;
  readonly revision: number;
  readonly settings: ProviderSettings;
  readonly paused: { readonly reason: string } | null;
  readonly scheme: SignatureScheme;
  readonly secrets: readonly ActiveSecret[];
  readonly payload: PayloadReader;
  readonly eventTypes: ReadonlySet<string> | undefined;
  readonly allowedAddresses: AddressRanges | undefined;
  readonly bucket: TokenBucket | undefined;
}

export interface ProfileSource {
  readonly name: string;
  readonly revision: number;
  readonly settings: ProviderSettings;
  readonly paused: { readonly reason: string } | null;
  readonly secrets: readonly ActiveSecret[];
}

/**
 * @param before the profile that this one follows: its bucket goes on, so that no change of settings refills it
 * @throws MappingFault
 */
export function profileOf(source: ProfileSource, before?: ProviderProfile): ProviderProfile {
  const { signature, payload, eventTypes, allowedAddresses, rateLimit } = source.settings;
  return {
    ...source,
    scheme: schemeOf(signature),
    payload: payloadReaderOf(payload),
    eventTypes: eventTypes ? new Set(eventTypes) : undefined,
    allowedAddresses: allowedAddresses.length > 0 ? addressRangesOf(allowedAddresses) : undefined,
    bucket: bucketOf(rateLimit, before),
  };
}

/** Those whose overlap is not over. */
export function secretsAt({ secrets }: ProviderProfile, nowMs: number): readonly ActiveSecret[] {
  return secrets.filter(({ validUntilMs }) => validUntilMs === undefined || validUntilMs > nowMs);
}

function bucketOf(limit: RateLimit | null, before: ProviderProfile | undefined): TokenBucket | undefined {
  if (!limit) return undefined;
  const same = before?.settings.rateLimit;
  if (before?.bucket && same?.perSecond === limit.perSecond && same.burst === limit.burst)
    return before.bucket;
  return new TokenBucket(limit);
}
