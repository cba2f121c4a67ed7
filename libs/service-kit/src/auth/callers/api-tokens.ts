import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { accessUnavailable } from '../auth-problems';
import type { Caller } from './caller';
import { TokenIntrospection } from './token-introspection';

/** How long an answer is taken for granted: a revoked token goes on that long at most. */
const FRESH_MS = 3_000;
/** How long who was known goes on while nobody can be asked. */
const STATIC_MS = 5 * 60_000;
/** How long nobody is asked again after a question that was not answered. */
const PAUSE_MS = 1_000;
const MOST_TOKENS = 2_000;

interface Known {
  readonly caller: Caller;
  readonly askedAt: number;
}

/**
 * API tokens, as the access service knows them. While it is away, who was known goes on for a bounded time (fail
 * static), and of others nothing can be said.
 */
@Injectable()
export class ApiTokens {
  /** By the token's SHA-256: no secret stays in memory. */
  private readonly known = new LRUCache<string, Known>({ max: MOST_TOKENS });
  /** When it was asked about those that are none. Apart, so that guesses displace no token. */
  private readonly refused = new LRUCache<string, number>({ max: MOST_TOKENS });
  private readonly underWay = new Map<string, Promise<Caller | null>>();
  private silentUntil = 0;

  constructor(private readonly introspection: TokenIntrospection) {}

  /** Null for a token that is none, or no more. @throws ProblemException 503 when that cannot be known now */
  async find(token: string): Promise<Caller | null> {
    const caller = await this.answer(token, createHash('sha256').update(token).digest('base64'));
    const isOver = caller?.expiresAt && caller.expiresAt.getTime() <= Date.now();
    return isOver ? null : caller;
  }

  private async answer(token: string, key: string): Promise<Caller | null> {
    const now = Date.now();
    const known = this.known.get(key);
    if (known && now - known.askedAt < FRESH_MS) return known.caller;
    if (now - (this.refused.get(key) ?? -Infinity) < FRESH_MS) return null;
    if (now >= this.silentUntil) {
      try {
        return await this.ask(token, key);
      } catch {
        this.silentUntil = Date.now() + PAUSE_MS;
      }
    }
    if (known && now - known.askedAt < STATIC_MS) return known.caller;
    throw accessUnavailable();
  }

  /** One question at a time about one token. */
  private ask(token: string, key: string): Promise<Caller | null> {
    const underWay = this.underWay.get(key);
    if (underWay) return underWay;
    const question = this.introspected(token, key).finally(() => this.underWay.delete(key));
    this.underWay.set(key, question);
    return question;
  }

  private async introspected(token: string, key: string): Promise<Caller | null> {
    const askedAt = Date.now();
    const answer = await this.introspection.introspect(token);
    if (!answer.active) {
      this.known.delete(key);
      this.refused.set(key, askedAt);
      return null;
    }
    const { jti: id, sub: actor, grants, exp } = answer;
    const caller: Caller = { kind: 'token', id, actor, grants, expiresAt: new Date(exp * 1_000) };
    this.known.set(key, { caller, askedAt });
    return caller;
  }
}
