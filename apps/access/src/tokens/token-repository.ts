import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AccessTokenId } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { Secret } from './secret';
import type { Token } from './token';

export type NewToken = Pick<Token, 'name' | 'holder' | 'grants' | 'reason' | 'createdBy' | 'expiresAt'>;

export interface Rotation {
  readonly expiresAt: Date;
  /** How long the secret before goes on. */
  readonly formerUntil: Date;
  readonly by: string;
}

/** All but the hashes. */
const COLUMNS = `id, sequence, name, holder, grants, hint, created_at AS "createdAt", created_by AS "createdBy", reason,
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt", rotated_at AS "rotatedAt", rotated_by AS "rotatedBy",
  revoked_at AS "revokedAt", revoked_by AS "revokedBy", revocation_reason AS "revocationReason"`;

const VALID = 'revoked_at IS NULL AND expires_at > now()';

@Injectable()
export class TokenRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(tx: Transaction, token: NewToken, secret: Secret): Promise<Token> {
    const { name, holder, grants, reason, createdBy, expiresAt } = token;
    const [row] = await tx.query<Token[]>(
      `INSERT INTO access_tokens
         (id, name, holder, grants, hint, secret_hash, created_by, reason, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
      [
        ...[randomUUID(), name, holder, JSON.stringify(grants), secret.hint, secret.hash],
        ...[createdBy, reason, expiresAt],
      ],
    );
    if (!row) throw new Error('an insert of one row has returned none');
    return row;
  }

  /** Newest first. */
  list(before: string | null, limit: number): Promise<Token[]> {
    return this.dataSource.query<Token[]>(
      `SELECT ${COLUMNS} FROM access_tokens WHERE $1::bigint IS NULL OR sequence < $1
        ORDER BY sequence DESC LIMIT $2`,
      [before, limit],
    );
  }

  async find(id: AccessTokenId): Promise<Token | undefined> {
    const rows = await this.dataSource.query<Token[]>(`SELECT ${COLUMNS} FROM access_tokens WHERE id = $1`, [
      id,
    ]);
    return rows[0];
  }

  /** By the hash of its secret, or of the one before while that goes on. */
  async findValid(hash: Buffer): Promise<Token | undefined> {
    const rows = await this.dataSource.query<Token[]>(
      `SELECT ${COLUMNS} FROM access_tokens
        WHERE ${VALID} AND (secret_hash = $1 OR (former_hash = $1 AND former_until > now()))`,
      [hash],
    );
    return rows[0];
  }

  /** Undefined when it was revoked. */
  async rotate(
    tx: Transaction,
    id: AccessTokenId,
    rotation: Rotation,
    secret: Secret,
  ): Promise<Token | undefined> {
    const [rows] = await tx.query<[Token[], number]>(
      `UPDATE access_tokens
          SET former_hash = secret_hash, former_until = $2, secret_hash = $3, hint = $4, expires_at = $5,
              rotated_at = now(), rotated_by = $6
        WHERE id = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
      [id, rotation.formerUntil, secret.hash, secret.hint, rotation.expiresAt, rotation.by],
    );
    return rows[0];
  }

  /** Undefined when it was revoked before. */
  async revoke(tx: Transaction, id: AccessTokenId, by: string, reason: string): Promise<Token | undefined> {
    const [rows] = await tx.query<[Token[], number]>(
      `UPDATE access_tokens SET revoked_at = now(), revoked_by = $2, revocation_reason = $3
        WHERE id = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
      [id, by, reason],
    );
    return rows[0];
  }

  /** Writes that it was used, once a minute at most. */
  async touch(id: AccessTokenId): Promise<void> {
    await this.dataSource.query(
      `UPDATE access_tokens SET last_used_at = now()
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= now() - interval '1 minute')`,
      [id],
    );
  }

  /** Whether there is an admin of everything who can still act. Replicas that ask at once wait for each other. */
  async hasAdmin(tx: Transaction): Promise<boolean> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.access_tokens'))`);
    const admins = await tx.query<unknown[]>(
      `SELECT 1 FROM access_tokens
        WHERE ${VALID} AND grants @> '[{"role": "admin", "subject": "*", "markets": null}]' LIMIT 1`,
    );
    return admins.length > 0;
  }
}
