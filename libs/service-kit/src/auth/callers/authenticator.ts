import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { unauthenticated } from '../auth-problems';
import { RequestLimits } from '../limits/request-limits';
import { isApiToken } from './api-token';
import { ApiTokens } from './api-tokens';
import type { Caller } from './caller';
import { FixedTokens } from './fixed-tokens';
import { Persons } from './persons';

/** A token of a kilobyte or two is a large one; what is longer is not looked at. */
const LONGEST_TOKEN = 8_192;

/** Finds out who sends a request, by its bearer token (RFC 6750, 2.1). */
@Injectable()
export class Authenticator {
  constructor(
    private readonly fixed: FixedTokens,
    private readonly apiTokens: ApiTokens,
    private readonly persons: Persons,
    private readonly limits: RequestLimits,
  ) {}

  /** @throws ProblemException 401, 429, or 503 when whoever knows the token is away */
  async authenticate({ headers, ip }: Pick<FastifyRequest, 'headers' | 'ip'>): Promise<Caller> {
    const token = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '')?.[1];
    const caller = token === undefined || token.length > LONGEST_TOKEN ? null : await this.find(token);
    if (caller === null) {
      await this.limits.countFailure(ip);
      throw unauthenticated();
    }
    await this.limits.countRequest(caller);
    return caller;
  }

  private async find(token: string): Promise<Caller | null> {
    const fixed = this.fixed.find(token);
    if (fixed !== null) return fixed;
    return isApiToken(token) ? this.apiTokens.find(token) : this.persons.find(token);
  }
}
