import { Injectable } from '@nestjs/common';
import type { Clearance } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { clearedOf } from '../routing/standing-repository';

export interface VersionName {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
}

/** Where a version may be served, as last told. */
export interface Cleared {
  /** Within those of its manifest. */
  readonly markets: readonly string[];
  readonly revoked: boolean;
}

/** What the registry says of each version, also of one that it has not announced yet. */
@Injectable()
export class ClearanceRepository {
  /** Answers whether it is news: the higher revision holds, in whatever order they come. */
  async keep(
    tx: Transaction,
    { provider, game, version }: VersionName,
    { revision, markets, revoked }: Clearance,
  ): Promise<boolean> {
    const kept = await tx.query<unknown[]>(
      `INSERT INTO clearances (provider, game, version, revision, markets, revoked) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (provider, game, version) DO UPDATE
         SET revision = excluded.revision, markets = excluded.markets, revoked = clearances.revoked OR excluded.revoked
       WHERE clearances.revision < excluded.revision RETURNING revision`,
      [provider, game, version, revision, JSON.stringify(markets), revoked],
    );
    if (kept.length === 0) return false;
    // What is lost and certified again has to be offered again.
    await tx.query(
      `UPDATE stable_versions SET offered = (
         SELECT coalesce(jsonb_agg(o), '[]') FROM jsonb_array_elements_text(offered) o WHERE jsonb_exists($4::jsonb, o))
       WHERE provider = $1 AND game = $2 AND version = $3`,
      [provider, game, version, JSON.stringify(revoked ? [] : markets)],
    );
    return true;
  }

  /** All that its manifest says, while nobody keeps certificates of the version. */
  async find(
    tx: Transaction,
    { provider, game, version }: VersionName,
    manifestMarkets: readonly string[],
  ): Promise<Cleared> {
    const [row] = await tx.query<{ markets: readonly string[]; revoked: boolean }[]>(
      'SELECT markets, revoked FROM clearances WHERE provider = $1 AND game = $2 AND version = $3',
      [provider, game, version],
    );
    const known = { certified: row?.markets ?? null, revoked: row?.revoked ?? false };
    return { markets: clearedOf(manifestMarkets, known), revoked: known.revoked };
  }
}
