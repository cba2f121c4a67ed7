import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FlagHistoryEntry, ReleaseId } from '@croupier/contracts';
import { canonicalJson, linkHash } from '@croupier/persistence';
import { AuditTrail, requirePrecondition, versionTag, type Precondition } from '@croupier/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { documentOf, type DocumentOf, type Kind } from './documents';
import { HISTORY_COLUMNS, hashedPartOf, historyEntryOf, type HistoryRow } from './history-row';
import { OUTSIDE, type Outside } from './outside';

/** PostgreSQL's channel of all changes; the payload is the schema. */
export const CHANNEL = 'croupier_flags';

export interface Signature {
  readonly author: string;
  readonly reason: string;
  readonly cause: string;
  readonly releaseId: ReleaseId | null;
}

export interface Order<K extends Kind> extends Signature {
  readonly kind: K;
  readonly name: string;
  readonly expected?: Precondition | null;
  /** What is to be; null for nothing. `revision` is that of the change. */
  readonly change: (before: DocumentOf<K> | null, revision: number) => DocumentOf<K> | null;
}

export interface Entry<K extends Kind> {
  readonly name: string;
  readonly document: DocumentOf<K>;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Recorded<K extends Kind> {
  readonly before: DocumentOf<K> | null;
  readonly after: DocumentOf<K> | null;
  readonly version: number;
}

interface EntryRow {
  readonly name: string;
  readonly document: unknown;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const COLUMNS = 'name, document, version, created_at AS "createdAt", updated_at AS "updatedAt"';

/**
 * All that decides what flags answer, and every change of it in one hash-chained history. Changes wait for each other,
 * across replicas, so that revisions have the order of their commits and nobody who reads up to one misses another.
 */
@Injectable()
export class Ledger {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
    @Optional() @Inject(OUTSIDE) private readonly outside?: Outside,
  ) {}

  /** From here to the end of `tx` nothing else changes. */
  async lock(tx: EntityManager): Promise<void> {
    await this.head(tx);
  }

  /** Changes nothing and tells nobody when what is to be is there already. */
  async record<K extends Kind>(tx: EntityManager, order: Order<K>): Promise<Recorded<K>> {
    const { kind, name } = order;
    const head = await this.head(tx);
    const entry = await this.row(tx, kind, name);
    const before = await this.stored(kind, name, entry);
    if (order.expected)
      requirePrecondition(order.expected, before === null ? null : versionTag(entry?.version ?? 0));
    const revision = Number(head.revision) + 1;
    const after = order.change(before, revision);
    const version = entry?.version ?? 0;
    if (canonicalJson(before) === canonicalJson(after)) return { before, after, version };
    await this.outside?.write(kind, name, before, after);
    await this.append(tx, order, { before, after, version: version + 1, revision, previousHash: head.hash });
    const { author: actor, reason, cause } = order;
    const action = `${kind}.${changeName(before, after)}`;
    const told = { cause, document: after };
    await this.audit.record(tx, {
      actor,
      action,
      object: { type: kind, id: name },
      reason,
      before,
      after: told,
    });
    return { before, after, version: version + 1 };
  }

  async find<K extends Kind>(kind: K, name: string, tx?: EntityManager): Promise<Entry<K> | null> {
    const row = await this.row(tx ?? this.dataSource.manager, kind, name);
    const document = await this.stored(kind, name, row);
    if (document === null) return null;
    const { version, createdAt, updatedAt } = row ?? UNSEEN;
    return { name, document, version, createdAt, updatedAt };
  }

  /** In the order of their names. */
  async list<K extends Kind>(kind: K, tx?: EntityManager): Promise<Entry<K>[]> {
    const rows = await (tx ?? this.dataSource.manager).query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM flag_entries WHERE kind = $1 AND document IS NOT NULL ORDER BY name COLLATE "C"`,
      [kind],
    );
    return rows.map((row) => ({ ...row, document: documentOf(kind, row.document)! }));
  }

  /** Newest first; `before` is a revision that the page comes after. */
  async history(
    filter: { kind?: Kind; name?: string },
    before: number | null,
    limit: number,
  ): Promise<FlagHistoryEntry[]> {
    const rows = await this.dataSource.query<HistoryRow[]>(
      `SELECT ${HISTORY_COLUMNS} FROM flag_history
       WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR name = $2)
         AND ($3::bigint IS NULL OR revision < $3)
       ORDER BY revision DESC LIMIT $4`,
      [filter.kind ?? null, filter.name ?? null, before, limit],
    );
    return rows.map(historyEntryOf);
  }

  /** What has become of these flags, oldest first. */
  async historyOfFlags(tx: EntityManager, names: readonly string[]): Promise<FlagHistoryEntry[]> {
    const rows = await tx.query<HistoryRow[]>(
      `SELECT ${HISTORY_COLUMNS} FROM flag_history WHERE kind = 'flag' AND name = ANY($1) ORDER BY revision`,
      [names],
    );
    return rows.map(historyEntryOf);
  }

  private async head(tx: EntityManager): Promise<{ revision: string; hash: string }> {
    const [head] = await tx.query<{ revision: string; hash: string }[]>(
      'SELECT revision, hash FROM flag_head FOR UPDATE',
    );
    if (!head) throw new Error('The flags ledger has no head: its migration has not run');
    return head;
  }

  private async append<K extends Kind>(
    tx: EntityManager,
    { kind, name, author, reason, cause, releaseId }: Order<K>,
    {
      before,
      after,
      version,
      revision,
      previousHash,
    }: Recorded<K> & { revision: number; previousHash: string },
  ): Promise<void> {
    const at = new Date();
    const row = { revision, kind, name, version, before, after, author, reason, cause, releaseId, at };
    const hash = linkHash(previousHash, hashedPartOf(row));
    await tx.query(
      `INSERT INTO flag_history (revision, kind, name, version, before, after, author, reason, cause, release_id, at,
         previous_hash, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        revision,
        kind,
        name,
        version,
        jsonOf(before),
        jsonOf(after),
        author,
        reason,
        cause,
        releaseId,
        at,
        previousHash,
        hash,
      ],
    );
    await tx.query(
      `INSERT INTO flag_entries (kind, name, document, version, revision, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)
       ON CONFLICT (kind, name) DO UPDATE SET document = EXCLUDED.document, version = EXCLUDED.version,
         revision = EXCLUDED.revision, updated_at = EXCLUDED.updated_at,
         created_at = CASE WHEN flag_entries.document IS NULL THEN EXCLUDED.created_at ELSE flag_entries.created_at END`,
      [kind, name, jsonOf(after), version, revision, at],
    );
    await tx.query('UPDATE flag_head SET revision = $1, hash = $2', [revision, hash]);
    // Within the transaction: changes come one at a time anyway, and this way none goes untold.
    await tx.query('SELECT pg_notify($1, current_schema())', [CHANNEL]);
  }

  private async row(tx: EntityManager, kind: Kind, name: string): Promise<EntryRow | undefined> {
    const [row] = await tx.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM flag_entries WHERE kind = $1 AND name = $2`,
      [kind, name],
    );
    return row;
  }

  /** The outside is asked where there is one: what is kept here is only what was last written by us. */
  private async stored<K extends Kind>(
    kind: K,
    name: string,
    row: EntryRow | undefined,
  ): Promise<DocumentOf<K> | null> {
    const keeps = this.outside?.keeps(kind) ?? false;
    return documentOf(kind, keeps ? await this.outside!.read(kind, name) : (row?.document ?? null));
  }
}

/** Of a flag that somebody else has made. */
const UNSEEN = { version: 0, createdAt: new Date(0), updatedAt: new Date(0) };

function changeName(before: unknown, after: unknown): string {
  if (before === null) return 'created';
  return after === null ? 'deleted' : 'changed';
}

/** As jsonb has no null of its own that would be the column's. */
function jsonOf(document: unknown): string | null {
  return document === null ? null : JSON.stringify(document);
}
