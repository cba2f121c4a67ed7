import { Injectable } from '@nestjs/common';
import type { ArtifactRegistered, ClearanceChanged } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';

interface NamedVersion {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
}

/** Where versions may be dealt, as the registry tells: most events of a release do not say. */
@Injectable()
export class VersionMarkets {
  async noteRegistered(
    tx: Transaction,
    { clearance, manifest, ...version }: ArtifactRegistered,
  ): Promise<void> {
    // A registry that knows no certificates takes the manifest's word.
    await this.note(tx, version, clearance?.revision ?? 0, clearance?.markets ?? manifest.markets);
  }

  async noteClearance(tx: Transaction, { clearance, ...version }: ClearanceChanged): Promise<void> {
    await this.note(tx, version, clearance.revision, clearance.markets);
  }

  /** Null when they are not known. */
  async find(tx: Transaction, { provider, game, version }: NamedVersion): Promise<string[] | null> {
    const [row] = await tx.query<{ markets: string[] }[]>(
      'SELECT markets FROM alert_version_markets WHERE provider = $1 AND game = $2 AND version = $3',
      [provider, game, version],
    );
    return row?.markets ?? null;
  }

  /** Of two, the one with the higher revision holds. */
  private async note(
    tx: Transaction,
    { provider, game, version }: NamedVersion,
    revision: number,
    markets: readonly string[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO alert_version_markets AS known (provider, game, version, revision, markets)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (provider, game, version) DO UPDATE SET revision = excluded.revision, markets = excluded.markets
       WHERE known.revision < excluded.revision`,
      [provider, game, version, revision, markets],
    );
  }
}
