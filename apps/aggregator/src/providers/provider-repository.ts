import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';

export interface ProviderRecord {
  readonly name: string;
  readonly createdAt: Date;
  readonly rotatedAt: Date;
  /** Secrets that are accepted now. */
  readonly activeSecrets: number;
}

interface SealedSecret {
  readonly sealed: Buffer;
}

/** Newest first. Each secret costs every webhook of its provider one HMAC. */
const MAX_ACTIVE_SECRETS = 5;

@Injectable()
export class ProviderRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Creates the provider when it is new; whoever else rotates it waits until `tx` ends. */
  async lock(tx: Transaction, name: string): Promise<'created' | 'known'> {
    const created = await tx.query<unknown[]>(
      'INSERT INTO providers (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING name',
      [name],
    );
    if (created.length > 0) return 'created';
    await tx.query('SELECT FROM providers WHERE name = $1 FOR UPDATE', [name]);
    return 'known';
  }

  async currentSecret(tx: Transaction, provider: string): Promise<Buffer | undefined> {
    const [current] = await tx.query<SealedSecret[]>(
      'SELECT sealed FROM provider_secrets WHERE provider = $1 AND valid_until IS NULL',
      [provider],
    );
    return current?.sealed;
  }

  /** Makes `sealed` the current secret; the one before is accepted for `overlapSeconds` more. */
  async replaceSecret(
    tx: Transaction,
    provider: string,
    sealed: Buffer,
    overlapSeconds: number,
  ): Promise<void> {
    await tx.query(
      `UPDATE provider_secrets SET valid_until = now() + make_interval(secs => $2)
        WHERE provider = $1 AND valid_until IS NULL`,
      [provider, overlapSeconds],
    );
    await tx.query('INSERT INTO provider_secrets (provider, sealed) VALUES ($1, $2)', [provider, sealed]);
    await tx.query(
      `DELETE FROM provider_secrets WHERE provider = $1
          AND (valid_until < now() OR id NOT IN (
                SELECT id FROM provider_secrets WHERE provider = $1 ORDER BY id DESC LIMIT $2))`,
      [provider, MAX_ACTIVE_SECRETS],
    );
  }

  /** Newest first; none when there is no such provider. */
  async activeSecrets(provider: string): Promise<Buffer[]> {
    const rows = await this.dataSource.query<SealedSecret[]>(
      `SELECT sealed FROM provider_secrets
        WHERE provider = $1 AND (valid_until IS NULL OR valid_until > now()) ORDER BY id DESC`,
      [provider],
    );
    return rows.map((row) => row.sealed);
  }

  /** By name, beginning after the one named `after`. */
  list(after: string, limit: number): Promise<ProviderRecord[]> {
    return this.dataSource.query<ProviderRecord[]>(
      `SELECT name, providers.created_at AS "createdAt", max(secrets.created_at) AS "rotatedAt",
              count(*)::int AS "activeSecrets"
         FROM providers JOIN provider_secrets secrets ON secrets.provider = name
        WHERE name > $1 AND (valid_until IS NULL OR valid_until > now())
        GROUP BY name ORDER BY name LIMIT $2`,
      [after, limit],
    );
  }
}
