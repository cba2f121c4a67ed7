import { Injectable } from '@nestjs/common';
import {
  announcedVersion,
  coerceVersion,
  DEFAULT_VERSIONING_SCHEME,
  VersioningScheme,
  type CloudEvent,
  type GameVersionAnnounced,
} from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail, requirePrecondition, versionTag, type Precondition } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { Clock } from '../clock';

export interface SchemeRecord {
  readonly scheme: VersioningScheme;
  /** 0 for the default. */
  readonly revision: number;
  readonly changed: { readonly author: string; readonly reason: string; readonly at: Date } | null;
}

interface Row {
  readonly scheme: unknown;
  readonly revision: number;
  readonly author: string;
  readonly reason: string;
  readonly changed_at: Date;
}

/** How each provider's own versions become SemVer. */
@Injectable()
export class VersioningSchemes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  async of(provider: string, tx: Pick<Transaction, 'query'> = this.dataSource): Promise<SchemeRecord> {
    const [row] = await tx.query<Row[]>(
      'SELECT * FROM versioning_schemes WHERE provider = $1 ORDER BY revision DESC LIMIT 1',
      [provider],
    );
    if (!row) return { scheme: DEFAULT_VERSIONING_SCHEME, revision: 0, changed: null };
    const { author, reason, changed_at: at } = row;
    return {
      scheme: VersioningScheme.parse(row.scheme),
      revision: row.revision,
      changed: { author, reason, at },
    };
  }

  /**
   * The SemVer of what was named: the provider's own where it sent one, or as it was registered, or by the provider's
   * scheme, or else as it was told, where the scheme does not fit.
   */
  async versionOf<Told extends string | null>(
    named: { provider: string; game: string; version: Told; originalVersion?: string | undefined },
    tx: Pick<Transaction, 'query'> = this.dataSource,
  ): Promise<string | Told> {
    const { provider, game, version, originalVersion } = named;
    if (originalVersion === undefined) return version;
    if (version !== null && version !== announcedVersion(originalVersion)) return version;
    const [registered] = await tx.query<{ version: string }[]>(
      `SELECT version FROM versions WHERE (provider, game, original_version) = ($1, $2, $3)`,
      [provider, game, originalVersion],
    );
    if (registered) return registered.version;
    const { scheme } = await this.of(provider, tx);
    return coerceVersion(originalVersion, scheme) ?? version;
  }

  /** The announcement with the version that the provider's scheme makes of its own. */
  async corrected(
    event: CloudEvent<'game.version.announced', GameVersionAnnounced>,
  ): Promise<CloudEvent<'game.version.announced', GameVersionAnnounced>> {
    if (event.data.originalVersion === undefined) return event;
    return { ...event, data: { ...event.data, version: await this.versionOf(event.data) } };
  }

  async put(
    provider: string,
    scheme: VersioningScheme,
    { author, reason, expected }: { author: string; reason: string; expected: Precondition | null },
  ): Promise<SchemeRecord> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('LOCK TABLE versioning_schemes IN SHARE ROW EXCLUSIVE MODE');
      const known = await this.of(provider, tx);
      if (expected) requirePrecondition(expected, known.revision === 0 ? null : versionTag(known.revision));
      const revision = known.revision + 1;
      const at = this.clock.now();
      await tx.query(
        `INSERT INTO versioning_schemes (provider, revision, scheme, author, reason, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [provider, revision, JSON.stringify(scheme), author, reason, at],
      );
      const object = { type: 'versioning-scheme', id: provider };
      const change = { provider, actor: author, action: 'versioning-scheme.changed', object, reason };
      await this.audit.record(tx, { ...change, before: known.scheme, after: scheme });
      return { scheme, revision, changed: { author, reason, at } };
    });
  }
}
