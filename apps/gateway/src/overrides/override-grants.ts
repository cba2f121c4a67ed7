import { HmacSha256 } from '@croupier/service-kit';
import { sameText } from '../sessions/same-text';

/** Lets whoever has it choose a version. */
export interface Override {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
}

export type ReadGrant =
  | { readonly kind: 'valid'; readonly override: Override }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

const FORMAT = 'o1';
const GRANT = /^o1~[\x21-\x7e]+~[\w-]+$/;
const LONGEST_GRANT = 512;
const RADIX = 36;

/**
 * Grants are signed, so that no player can write one: `o1~<expiry>~<provider>~<game>~<version>~<HMAC-SHA256>`, the
 * expiry in seconds in base 36. Every gateway that has the secret takes them.
 */
export class OverrideGrants {
  private readonly hmac: HmacSha256;

  constructor(
    sessionSecret: string,
    private readonly nowMs: () => number = Date.now,
  ) {
    // A key of its own: what is signed as one thing is never valid as another.
    this.hmac = new HmacSha256(Buffer.from(`override ${sessionSecret}`, 'utf8'));
  }

  issue({ provider, game, version }: Override, ttlSeconds: number): { grant: string; expiresAt: Date } {
    const expiresAtSeconds = Math.floor(this.nowMs() / 1000) + ttlSeconds;
    const signed = `${FORMAT}~${expiresAtSeconds.toString(RADIX)}~${provider}~${game}~${version}`;
    return {
      grant: `${signed}~${this.hmac.codeOf('base64url', signed)}`,
      expiresAt: new Date(expiresAtSeconds * 1000),
    };
  }

  read(grant: string): ReadGrant {
    if (grant.length > LONGEST_GRANT || !GRANT.test(grant)) return { kind: 'invalid' };
    const end = grant.lastIndexOf('~');
    const signed = grant.slice(0, end);
    if (!sameText(this.hmac.codeOf('base64url', signed), grant.slice(end + 1))) return { kind: 'invalid' };
    const [, expiry = '', provider = '', game = '', version = ''] = signed.split('~');
    if (parseInt(expiry, RADIX) * 1000 <= this.nowMs()) return { kind: 'expired' };
    return { kind: 'valid', override: { provider, game, version } };
  }
}
