import type { AccessTokenId, AccessTokenView, Grant } from '@croupier/contracts';

export interface Token {
  readonly id: AccessTokenId;
  /** In the order of creation. */
  readonly sequence: string;
  readonly name: string;
  readonly holder: string;
  readonly grants: Grant[];
  readonly hint: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly reason: string;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly rotatedAt: Date | null;
  readonly rotatedBy: string | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly revocationReason: string | null;
}

export function viewOf(token: Token, now: Date): AccessTokenView {
  const { id, name, holder, grants, hint, createdBy, reason } = token;
  return {
    ...{ id, name, holder, grants, hint, createdBy, reason },
    state: token.revokedAt ? 'revoked' : token.expiresAt <= now ? 'expired' : 'active',
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    rotated: token.rotatedAt && { at: token.rotatedAt.toISOString(), by: token.rotatedBy ?? '' },
    revoked: token.revokedAt && {
      at: token.revokedAt.toISOString(),
      by: token.revokedBy ?? '',
      reason: token.revocationReason ?? '',
    },
  };
}
