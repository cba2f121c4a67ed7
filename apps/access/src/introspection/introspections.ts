import { Injectable } from '@nestjs/common';
import type { Introspection } from '@croupier/contracts';
import { isApiToken } from '@croupier/service-kit';
import { hashOf } from '../tokens/secret';
import { TokenRepository } from '../tokens/token-repository';

/** What services are told of a token. Of one that is none, no more than that (RFC 7662, 2.2). */
@Injectable()
export class Introspections {
  constructor(private readonly tokens: TokenRepository) {}

  async of(token: string): Promise<Introspection> {
    const found = isApiToken(token) ? await this.tokens.findValid(hashOf(token)) : undefined;
    if (!found) return { active: false };
    await this.tokens.touch(found.id);
    return {
      active: true,
      token_type: 'Bearer',
      jti: found.id,
      sub: found.holder,
      scope: [...new Set(found.grants.map(({ role }) => role))].join(' '),
      iat: seconds(found.createdAt),
      exp: seconds(found.expiresAt),
      grants: found.grants,
    };
  }
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}
