import { Injectable } from '@nestjs/common';
import type {
  AccessTokenId,
  AccessTokenOrder,
  AccessTokenRotation,
  AccessTokenShown,
  AccessTokenView,
  Grant,
} from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { allows, AuditTrail, forbidden, pageOf, positionOf, type Page } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { drawSecret, type Secret } from './secret';
import { viewOf, type Token } from './token';
import { revokedToken, unknownToken } from './token-problems';
import { TokenRepository, type NewToken } from './token-repository';

const DAY_MS = 86_400_000;

export interface PageOfTokens {
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Of the request. */
  readonly url: string;
}

/** Who gives out a token, and what they may do themselves. */
export interface Giver {
  readonly actor: string;
  readonly grants: readonly Grant[];
}

interface TokenChange {
  readonly actor: string;
  readonly reason?: string;
  readonly before?: Token;
  readonly after: Token;
}

@Injectable()
export class Tokens {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly audit: AuditTrail,
    private readonly dataSource: DataSource,
  ) {}

  /** Newest first. */
  async page({ cursor, limit, url }: PageOfTokens): Promise<Page<AccessTokenView>> {
    const before = positionOf(cursor, z.string().regex(/^\d{1,18}$/));
    const rows = await this.tokens.list(before, limit + 1);
    const page = pageOf(rows, { limit, url, positionOfRow: ({ sequence }) => sequence });
    const now = new Date();
    return { ...page, items: page.items.map((token) => viewOf(token, now)) };
  }

  async one(id: AccessTokenId): Promise<AccessTokenView> {
    return viewOf(await this.found(id), new Date());
  }

  /** @throws ProblemException 403 for a grant that the giver does not have */
  async create(
    { expiresInDays, ...order }: AccessTokenOrder,
    { actor, grants }: Giver,
  ): Promise<AccessTokenShown> {
    requireAll(order.grants, grants);
    const secret = drawSecret();
    const now = new Date();
    const expiresAt = daysFrom(now, expiresInDays);
    const token = await this.dataSource.transaction((tx) =>
      this.add(tx, { ...order, expiresAt, createdBy: actor }, secret),
    );
    return { ...viewOf(token, now), token: secret.token };
  }

  /**
   * The secret before is over, or goes on for `overlapSeconds`.
   * @throws ProblemException 403 for a grant that the giver does not have, 404, 409 when it was revoked
   */
  async rotate(
    id: AccessTokenId,
    { expiresInDays, overlapSeconds }: AccessTokenRotation,
    { actor, grants }: Giver,
  ): Promise<AccessTokenShown> {
    const before = await this.found(id);
    requireAll(before.grants, grants);
    const secret = drawSecret();
    const now = new Date();
    const formerUntil = new Date(now.getTime() + overlapSeconds * 1_000);
    const expiresAt = daysFrom(now, expiresInDays);
    const token = await this.dataSource.transaction(async (tx) => {
      const rotated = await this.tokens.rotate(tx, id, { expiresAt, formerUntil, by: actor }, secret);
      if (!rotated) throw revokedToken(id);
      await this.record(tx, 'access-token.rotated', { actor, before, after: rotated });
      return rotated;
    });
    return { ...viewOf(token, now), token: secret.token };
  }

  async revoke(id: AccessTokenId, actor: string, reason: string): Promise<void> {
    const before = await this.found(id);
    await this.dataSource.transaction(async (tx) => {
      const after = await this.tokens.revoke(tx, id, actor, reason);
      if (after) await this.record(tx, 'access-token.revoked', { actor, reason, before, after });
    });
  }

  /** The first of all, unless there is an admin of everything who can still act: null then. */
  async createFirst(token: NewToken, secret: Secret): Promise<Token | null> {
    return this.dataSource.transaction(async (tx) =>
      (await this.tokens.hasAdmin(tx)) ? null : this.add(tx, token, secret),
    );
  }

  private async add(tx: Transaction, order: NewToken, secret: Secret): Promise<Token> {
    const token = await this.tokens.add(tx, order, secret);
    const { createdBy, reason } = order;
    await this.record(tx, 'access-token.created', { actor: createdBy, reason, after: token });
    return token;
  }

  private async record(tx: Transaction, action: string, told: TokenChange): Promise<void> {
    const { actor, reason, before, after } = told;
    const now = new Date();
    await this.audit.record(tx, {
      ...{ actor, action, object: { type: 'access-token', id: after.id }, reason: reason ?? null },
      before: before && viewOf(before, now),
      after: viewOf(after, now),
    });
  }

  private async found(id: AccessTokenId): Promise<Token> {
    const token = await this.tokens.find(id);
    if (!token) throw unknownToken(id);
    return token;
  }
}

/** Nobody gives what they do not have: an admin, who is no approver, makes no approver either. */
function requireAll(asked: readonly Grant[], own: readonly Grant[]): void {
  for (const { role, subject, markets } of asked)
    if (!allows(own, role, { subject, markets })) throw forbidden(role, { subject, markets });
}

function daysFrom(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}
