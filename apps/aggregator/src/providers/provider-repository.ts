import { Injectable } from '@nestjs/common';
import { ProviderSettings, type ProviderSummary } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { SecretForm } from '../signatures/secret';

export interface SealedSecret {
  readonly form: SecretForm;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  /** Null for the current one. */
  readonly validUntil: Date | null;
}

export interface ProviderRecord {
  readonly name: string;
  readonly settings: ProviderSettings;
  readonly revision: number;
  readonly createdAt: Date;
  readonly paused: { readonly since: Date; readonly reason: string } | null;
  /** Accepted now, the newest first. */
  readonly secrets: readonly SealedSecret[];
}

interface ProviderRow {
  name: string;
  settings: unknown;
  /** `bigint`, which the driver reads as text. */
  revision: string;
  createdAt: Date;
  pausedAt: Date | null;
  pauseReason: string | null;
  form: SecretForm | null;
  sealed: Buffer;
  secretCreatedAt: Date;
  validUntil: Date | null;
}

interface SummaryRow extends Omit<ProviderSummary, 'createdAt' | 'rotatedAt' | 'signature' | 'payload'> {
  createdAt: Date;
  rotatedAt: Date | null;
  settings: unknown;
}

/** Newest first. Each secret costs every webhook of its provider one compare. */
const MAX_ACTIVE_SECRETS = 5;

@Injectable()
export class ProviderRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Creates the provider when it is new; whoever else changes it waits until `tx` ends. */
  async lockOrCreate(tx: Transaction, name: string): Promise<'created' | 'known'> {
    const created = await tx.query<unknown[]>(
      'INSERT INTO providers (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING name',
      [name],
    );
    if (created.length > 0) return 'created';
    await tx.query('SELECT FROM providers WHERE name = $1 FOR UPDATE', [name]);
    return 'known';
  }

  /** Whoever else changes the provider waits until `tx` ends. */
  async lock(tx: Transaction, name: string): Promise<ProviderRecord | undefined> {
    const locked = await tx.query<unknown[]>('SELECT 1 FROM providers WHERE name = $1 FOR UPDATE', [name]);
    return locked.length > 0 ? this.find(name, tx) : undefined;
  }

  async find(
    name: string,
    reader: Pick<Transaction, 'query'> = this.dataSource,
  ): Promise<ProviderRecord | undefined> {
    const rows = await reader.query<ProviderRow[]>(
      `SELECT name, settings, revision, providers.created_at AS "createdAt", paused_at AS "pausedAt",
              pause_reason AS "pauseReason", form, sealed, secrets.created_at AS "secretCreatedAt",
              valid_until AS "validUntil"
         FROM providers
         LEFT JOIN provider_secrets secrets
                ON secrets.provider = name AND (valid_until IS NULL OR valid_until > now())
        WHERE name = $1 ORDER BY secrets.id DESC`,
      [name],
    );
    const [first] = rows;
    if (!first) return undefined;
    const { settings, revision, createdAt, pausedAt, pauseReason } = first;
    return {
      name,
      settings: ProviderSettings.parse(settings),
      revision: Number(revision),
      createdAt,
      paused: pausedAt ? { since: pausedAt, reason: pauseReason ?? '' } : null,
      secrets: rows.flatMap(({ form, sealed, secretCreatedAt, validUntil }) =>
        form === null ? [] : [{ form, sealed, createdAt: secretCreatedAt, validUntil }],
      ),
    };
  }

  /** Undefined when there is no such provider. */
  async revision(name: string): Promise<number | undefined> {
    const [row] = await this.dataSource.query<{ revision: string }[]>(
      'SELECT revision FROM providers WHERE name = $1',
      [name],
    );
    return row && Number(row.revision);
  }

  /** Counts the change, so that every replica takes it over. */
  async touch(tx: Transaction, name: string): Promise<void> {
    await tx.query('UPDATE providers SET revision = revision + 1 WHERE name = $1', [name]);
  }

  async saveSettings(tx: Transaction, name: string, settings: ProviderSettings): Promise<void> {
    await tx.query('UPDATE providers SET settings = $2 WHERE name = $1', [name, JSON.stringify(settings)]);
  }

  /** `reason` undefined: the provider goes on. */
  async setPaused(tx: Transaction, name: string, reason: string | undefined): Promise<void> {
    await tx.query(
      `UPDATE providers SET pause_reason = $2::text,
              paused_at = CASE WHEN $2::text IS NULL THEN NULL ELSE coalesce(paused_at, now()) END
        WHERE name = $1`,
      [name, reason ?? null],
    );
  }

  /** Makes `sealed` the current secret; those before are accepted for `overlapSeconds` more at most. */
  async replaceSecret(
    tx: Transaction,
    provider: string,
    form: SecretForm,
    sealed: Buffer,
    overlapSeconds: number,
  ): Promise<void> {
    await this.endSecrets(tx, provider, overlapSeconds);
    await tx.query('INSERT INTO provider_secrets (provider, form, sealed) VALUES ($1, $2, $3)', [
      provider,
      form,
      sealed,
    ]);
    await tx.query(
      `DELETE FROM provider_secrets WHERE provider = $1
          AND (valid_until <= now() OR id NOT IN (
                SELECT id FROM provider_secrets WHERE provider = $1 ORDER BY id DESC LIMIT $2))`,
      [provider, MAX_ACTIVE_SECRETS],
    );
  }

  /** All secrets end within `overlapSeconds`. */
  async endSecrets(tx: Transaction, provider: string, overlapSeconds: number): Promise<void> {
    await tx.query(
      `UPDATE provider_secrets SET valid_until = least(valid_until, now() + make_interval(secs => $2))
        WHERE provider = $1`,
      [provider, overlapSeconds],
    );
  }

  /** By name, beginning after the one named `after`. */
  async list(after: string, limit: number): Promise<ProviderSummary[]> {
    const rows = await this.dataSource.query<SummaryRow[]>(
      `SELECT name, settings, providers.created_at AS "createdAt", max(secrets.created_at) AS "rotatedAt",
              count(secrets.id)::int AS "activeSecrets", paused_at IS NOT NULL AS paused
         FROM providers
         LEFT JOIN provider_secrets secrets
                ON secrets.provider = name AND (valid_until IS NULL OR valid_until > now())
        WHERE name > $1 GROUP BY name ORDER BY name LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ settings, createdAt, rotatedAt, ...row }) => {
      const { signature, payload } = ProviderSettings.parse(settings);
      return {
        ...row,
        createdAt: createdAt.toISOString(),
        rotatedAt: rotatedAt?.toISOString() ?? null,
        signature: signature.kind,
        payload: payload.kind,
      };
    });
  }
}
