import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FlagTokenType } from '@croupier/contracts';
import { FlagsConfig } from '../flags-config';
import { OwnEntries } from '../live/own-entries';

export interface KnownToken {
  readonly type: FlagTokenType;
  readonly environment: string;
}

/** Who may ask, and for which environment: configured tokens and those of operators. */
@Injectable()
export class TokenBook {
  /** Headers as they were sent, so that a token is hashed once and not with every request. Only good ones are kept. */
  private readonly byHeader = new Map<string, KnownToken & { readonly hash: string }>();
  private readonly configured: ReadonlyMap<string, KnownToken>;

  constructor(
    config: FlagsConfig,
    private readonly entries: OwnEntries,
  ) {
    this.configured = new Map(
      config.tokens.map(({ secret, type, environment }) => [secretHash(secret), { type, environment }]),
    );
  }

  /** @param header - `Authorization`: the token as it stands, or after `Bearer`. */
  find(header: string | undefined): KnownToken | null {
    if (header === undefined) return null;
    const known = this.byHeader.get(header);
    if (known !== undefined) {
      if (this.configured.has(known.hash) || this.made(known.hash) !== null) return known;
      this.byHeader.delete(header);
      return null;
    }
    const hash = secretHash(header.replace(/^Bearer /i, ''));
    const token = this.configured.get(hash) ?? this.made(hash);
    if (token !== null) this.byHeader.set(header, { ...token, hash });
    return token;
  }

  private made(hash: string): KnownToken | null {
    for (const { secretSha256, type, environment } of this.entries.tokens.values())
      if (secretSha256 === hash) return { type, environment };
    return null;
  }
}

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** As Unleash's SDKs and people know them: `*:<environment>.<secret>`. */
export function drawnSecret(environment: string): string {
  return `*:${environment}.${randomBytes(28).toString('hex')}`;
}
