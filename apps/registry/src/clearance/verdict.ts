import type { Certification, IneligibilityReason, SubjectKind } from '@croupier/contracts';

export interface Certificate {
  readonly market: string;
  /** The laboratory's number; '' when there is none. */
  readonly certificate: string;
  readonly laboratory: string | null;
  readonly digest: string | null;
  readonly rtp: number | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly withdrawnAt: Date | null;
}

export interface Disablement {
  /** All markets when null. */
  readonly markets: readonly string[] | null;
  readonly reason: string;
}

/** What decides where a version may be dealt. */
export interface CertifiableVersion {
  readonly kind: SubjectKind;
  readonly digest: string;
  /** What the manifest says that it supports. */
  readonly markets: readonly string[];
  readonly rtpVariants: readonly number[];
  /** Why it is revoked; null when it is not. */
  readonly revokedBecause: string | null;
  readonly certificates: readonly Certificate[];
  readonly disablements: readonly Disablement[];
}

export interface Ground {
  readonly code: IneligibilityReason;
  readonly detail: string;
}

/** Whether a version may be dealt in a market; `grounds` are why not. */
export interface Verdict {
  readonly market: string;
  readonly grounds: readonly Ground[];
  /** What holds there now, also where none is needed. */
  readonly certificate: Certificate | null;
}

export function verdictOf(
  version: CertifiableVersion,
  market: string,
  certification: Certification,
  now: Date,
): Verdict {
  const examined = version.certificates
    .filter((certificate) => certificate.market === market)
    .map((certificate) => ({ certificate, fault: faultOf(certificate, version, now) }));
  const holding = examined.filter(({ fault }) => fault === null).map(({ certificate }) => certificate);
  const certificate = holding.sort((a, b) => endOf(b) - endOf(a))[0] ?? null;
  const faults = examined.flatMap(({ fault }) => fault ?? []);
  return { market, grounds: groundsOf(version, market, certification, certificate, faults), certificate };
}

function groundsOf(
  { kind, markets, revokedBecause, disablements }: CertifiableVersion,
  market: string,
  certification: Certification,
  certificate: Certificate | null,
  faults: readonly Ground[],
): readonly Ground[] {
  if (revokedBecause !== null) return [{ code: 'revoked', detail: `it is revoked: ${revokedBecause}` }];
  if (!markets.includes(market))
    return [{ code: 'market-not-supported', detail: `its manifest does not name ${market}` }];
  const disabled = disablements.find((one) => one.markets === null || one.markets.includes(market));
  if (disabled) return [{ code: 'disabled', detail: `its provider has disabled it: ${disabled.reason}` }];
  if (kind === 'module' || certification === 'declared' || certificate !== null) return [];
  if (faults.length > 0) return faults;
  return [{ code: 'not-certified', detail: `${market} requires a certificate, and none names this version` }];
}

/** Where the version may be dealt, in alphabetical order. */
export function clearedMarkets(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter(({ grounds }) => grounds.length === 0)
    .map(({ market }) => market)
    .sort();
}

/** When a certificate begins or ends next; null when none does any more. */
export function nextChangeAt({ certificates }: CertifiableVersion, now: Date): Date | null {
  const times = certificates
    .filter(({ withdrawnAt }) => withdrawnAt === null)
    .flatMap(({ validFrom, validTo }) => (validTo === null ? [validFrom] : [validFrom, validTo]))
    .filter((time) => time > now)
    .map((time) => time.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

function faultOf(one: Certificate, version: CertifiableVersion, now: Date): Ground | null {
  const name = one.certificate === '' ? 'its certificate' : `its certificate ${one.certificate}`;
  if (one.withdrawnAt !== null)
    return { code: 'withdrawn', detail: `${name} was withdrawn on ${dayOf(one.withdrawnAt)}` };
  if (one.digest !== null && one.digest !== version.digest)
    return { code: 'other-digest', detail: `${name} is for the digest ${one.digest}` };
  if (one.rtp !== null && version.rtpVariants.length > 0 && !version.rtpVariants.includes(one.rtp))
    return {
      code: 'other-rtp',
      detail: `${name} is for a return of ${one.rtp} %, which the version does not have`,
    };
  if (one.validFrom > now)
    return { code: 'not-yet-valid', detail: `${name} holds from ${one.validFrom.toISOString()} on` };
  if (one.validTo !== null && one.validTo <= now)
    return { code: 'expired', detail: `${name} has expired on ${dayOf(one.validTo)}` };
  return null;
}

function endOf({ validTo }: Certificate): number {
  return validTo?.getTime() ?? Infinity;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
