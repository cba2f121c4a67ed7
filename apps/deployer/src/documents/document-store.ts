import type { AuditTrail, Precondition } from '@croupier/service-kit';
import { requirePrecondition, versionTag } from '@croupier/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { chainHash, firstBreak, GENESIS_HASH } from '../timeline/hash-chain';
import type { Change, Collection, Document } from './document';

/** What is to become of one name. `content` is null to delete it. */
export interface Order<Content> {
  readonly name: string;
  readonly content: Content | null;
  readonly expected: Precondition;
  readonly author: string;
  readonly reason: string;
}

interface ChangeRow {
  readonly name: string;
  readonly version: number;
  readonly before: unknown;
  readonly after: unknown;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
  readonly previous_hash: string;
  readonly hash: string;
}

/**
 * Documents with all their versions, in a table that `createVersions` of the migrations makes. Changes of one kind wait
 * for each other, so that a check against all others holds when the change is stored.
 */
export class DocumentStore<Content> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly table: 'policy_versions' | 'freeze_versions',
    private readonly schema: z.ZodType<Content>,
    private readonly audit: AuditTrail,
  ) {}

  async revision(): Promise<string> {
    const [row] = await this.dataSource.query<{ revision: string }[]>(
      `SELECT coalesce(max(sequence), 0) AS revision FROM ${this.table}`,
    );
    return row?.revision ?? '0';
  }

  async all(): Promise<Collection<Content>> {
    // Read first: a change in between makes the documents newer than they are said to be, and they are read again.
    const revision = await this.revision();
    return { revision, documents: await this.current(this.dataSource.manager) };
  }

  async find(name: string): Promise<Document<Content> | null> {
    const latest = await this.latest(this.dataSource.manager, name);
    return latest === null ? null : this.documentOf(latest);
  }

  /**
   * Stores the change, and answers what is there then. `check` sees the other documents and throws what speaks against it.
   */
  async change(
    { name, content, expected, author, reason }: Order<Content>,
    check: (others: readonly Document<Content>[]) => void,
  ): Promise<Document<Content> | null> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`LOCK TABLE ${this.table} IN SHARE ROW EXCLUSIVE MODE`);
      const latest = await this.latest(tx, name);
      const before = latest === null ? null : this.documentOf(latest);
      requirePrecondition(expected, before === null ? null : versionTag(before.version));
      check((await this.current(tx)).filter((other) => other.name !== name));
      const row = await this.append(tx, latest, {
        name,
        before: before?.content ?? null,
        after: content,
        author,
        reason,
      });
      const type = this.table === 'policy_versions' ? 'policy' : 'freeze';
      const was = before?.content ?? null;
      const action = `${type}.${content === null ? 'deleted' : was === null ? 'created' : 'changed'}`;
      const object = { type, id: name };
      await this.audit.record(tx, { actor: author, action, object, reason, before: was, after: content });
      return this.documentOf(row);
    });
  }

  /** Newest first; `before` is a version that the page comes after. */
  async history(name: string, before: number | null, limit: number): Promise<Change<Content>[]> {
    const rows = await this.dataSource.query<ChangeRow[]>(
      `SELECT * FROM ${this.table} WHERE name = $1 AND ($2::integer IS NULL OR version < $2)
       ORDER BY version DESC LIMIT $3`,
      [name, before, limit],
    );
    return rows.map(({ previous_hash: previousHash, ...row }) => ({
      ...row,
      before: this.contentOf(row.before),
      after: this.contentOf(row.after),
      previousHash,
    }));
  }

  /** The version at which the name's hash chain breaks, or null when it verifies. */
  async verify(name: string): Promise<number | null> {
    const rows = await this.dataSource.query<ChangeRow[]>(
      `SELECT * FROM ${this.table} WHERE name = $1 ORDER BY version`,
      [name],
    );
    return firstBreak(
      rows.map((row) => ({ ...this.entryOf(row), previousHash: row.previous_hash, hash: row.hash })),
    );
  }

  private async append(
    tx: EntityManager,
    latest: ChangeRow | null,
    change: Omit<Change<Content>, 'version' | 'at' | 'previousHash' | 'hash'>,
  ): Promise<ChangeRow> {
    const previous_hash = latest?.hash ?? GENESIS_HASH;
    const row = { ...change, version: (latest?.version ?? 0) + 1, at: new Date() };
    const hash = chainHash(previous_hash, this.entryOf(row));
    await tx.query(
      `INSERT INTO ${this.table} (name, version, before, after, author, reason, at, previous_hash, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        row.name,
        row.version,
        jsonOf(row.before),
        jsonOf(row.after),
        row.author,
        row.reason,
        row.at,
        previous_hash,
        hash,
      ],
    );
    return { ...row, previous_hash, hash };
  }

  /** What the chain covers, in the words of a timeline. */
  private entryOf({
    name,
    version,
    before,
    after,
    author,
    reason,
    at,
  }: Omit<ChangeRow, 'previous_hash' | 'hash'>) {
    return {
      releaseId: name,
      sequence: version,
      type: this.table,
      at: at.getTime(),
      actor: author,
      summary: reason,
      data: { before, after },
    };
  }

  private async latest(tx: EntityManager, name: string): Promise<ChangeRow | null> {
    const [row] = await tx.query<ChangeRow[]>(
      `SELECT * FROM ${this.table} WHERE name = $1 ORDER BY version DESC LIMIT 1`,
      [name],
    );
    return row ?? null;
  }

  private async current(tx: EntityManager): Promise<Document<Content>[]> {
    const rows = await tx.query<ChangeRow[]>(
      `SELECT DISTINCT ON (name COLLATE "C") * FROM ${this.table} ORDER BY name COLLATE "C", version DESC`,
    );
    return rows.flatMap((row) => this.documentOf(row) ?? []);
  }

  private documentOf({ after, name, version, author, reason, at }: ChangeRow): Document<Content> | null {
    const content = this.contentOf(after);
    return content === null ? null : { name, version, content, author, reason, at };
  }

  private contentOf(stored: unknown): Content | null {
    return stored === null ? null : this.schema.parse(stored);
  }
}

/** As jsonb has no null of its own that would be the column's. */
function jsonOf(content: unknown): string | null {
  return content === null ? null : JSON.stringify(content);
}
