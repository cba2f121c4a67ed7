import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { GameVersion } from '../../versions/version-repository';
import type { Rejection } from './rejection';

/** As much of a refused manifest as is kept, in bytes. */
const MANIFEST_KEPT_BYTES = 64 * 1024;

/** Who announced what, and what was registered before. */
export interface RejectedAnnouncement extends GameVersion {
  readonly reference: string;
  readonly announcedDigest: string | null;
  readonly registeredDigest: string | null;
  /** Null where nobody announced anything: the source was looked at again. */
  readonly webhookId: string | null;
  readonly announcedAt: string | null;
  readonly eventId: string;
}

export interface RejectionRecord extends GameVersion {
  readonly id: string;
  readonly reason: Rejection['reason'];
  readonly detail: string;
  readonly reference: string;
  readonly announcedDigest: string | null;
  readonly registeredDigest: string | null;
  readonly foundDigest: string | null;
  readonly foundBytes: number | null;
  readonly webhookId: string | null;
  readonly announcedAt: Date | null;
  readonly eventId: string;
  readonly rejectedAt: Date;
}

export interface RejectionFilter {
  readonly provider?: string | undefined;
  readonly game?: string | undefined;
  readonly version?: string | undefined;
  readonly reason?: string | undefined;
}

const COLUMNS = `id, provider, game, version, reason, detail, manifest_url AS reference,
  announced_digest AS "announcedDigest", registered_digest AS "registeredDigest", found_digest AS "foundDigest",
  found_bytes::float8 AS "foundBytes", webhook_id AS "webhookId", announced_at AS "announcedAt",
  event_id AS "eventId", rejected_at AS "rejectedAt"`;

/** Evidence of what was announced and refused. Append-only. */
@Injectable()
export class RejectionRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(
    tx: Transaction,
    announced: RejectedAnnouncement,
    { reason, detail, found }: Rejection,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO rejections (provider, game, version, reason, detail, manifest_url, announced_digest,
                               registered_digest, found_digest, found_bytes, found_manifest, webhook_id,
                               announced_at, event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        announced.provider,
        announced.game,
        announced.version,
        reason,
        detail,
        announced.reference,
        announced.announcedDigest,
        announced.registeredDigest,
        found.digest ?? null,
        found.sizeBytes ?? null,
        found.manifest ? textOf(found.manifest) : null,
        announced.webhookId,
        announced.announcedAt,
        announced.eventId,
      ],
    );
  }

  /** The newest first, beginning below the id `before`. */
  list(filter: RejectionFilter, before: string | null, limit: number): Promise<RejectionRecord[]> {
    const { provider = null, game = null, version = null, reason = null } = filter;
    return this.dataSource.query<RejectionRecord[]>(
      `SELECT ${COLUMNS} FROM rejections
        WHERE ($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR game = $2)
          AND ($3::text IS NULL OR version = $3) AND ($4::text IS NULL OR reason = $4)
          AND ($5::bigint IS NULL OR id < $5)
        ORDER BY id DESC LIMIT $6`,
      [provider, game, version, reason, before, limit],
    );
  }

  async find(id: string): Promise<(RejectionRecord & { readonly foundManifest: string | null }) | undefined> {
    const [row] = await this.dataSource.query<(RejectionRecord & { foundManifest: string | null })[]>(
      `SELECT ${COLUMNS}, found_manifest AS "foundManifest" FROM rejections WHERE id = $1`,
      [id],
    );
    return row;
  }

  /** What the last look at the source of the version found instead, where it found something else. */
  async lastRepublished(tx: Transaction, { provider, game, version }: GameVersion): Promise<string | null> {
    const [row] = await tx.query<{ digest: string | null }[]>(
      `SELECT found_digest AS digest FROM rejections
        WHERE (provider, game, version) = ($1, $2, $3) AND reason = 'republished' ORDER BY id DESC LIMIT 1`,
      [provider, game, version],
    );
    return row?.digest ?? null;
  }
}

/** PostgreSQL stores no U+0000. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MANIFEST_KEPT_BYTES)).toString('utf8').replaceAll('\0', '\ufffd');
}
