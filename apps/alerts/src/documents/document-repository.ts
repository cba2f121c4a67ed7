import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';

export type DocumentKind = 'channel' | 'route';

export interface DocumentVersion {
  readonly name: string;
  readonly version: number;
  /** Null when it was deleted. */
  readonly document: unknown;
  /** Sealed. */
  readonly secret: Buffer | null;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
}

export type NewVersion = Omit<DocumentVersion, 'version' | 'at'>;

/** Channels and routes with all the versions that they have had. Nothing is changed, only added. */
@Injectable()
export class DocumentRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {}

  /** Changes wait for each other, so that what is true of all documents stays true until the change is stored. */
  change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(
        `SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.alert_document_versions'))`,
      );
      return work(tx);
    });
  }

  /** Those that there are, by name. */
  current(kind: DocumentKind, tx: Pick<Transaction, 'query'> = this.dataSource): Promise<DocumentVersion[]> {
    return tx.query<DocumentVersion[]>(
      `SELECT name, version, document, secret, author, reason, at FROM (
         SELECT DISTINCT ON (name) * FROM alert_document_versions WHERE kind = $1 ORDER BY name, version DESC) latest
        WHERE document IS NOT NULL ORDER BY name`,
      [kind],
    );
  }

  /** The next version of a name, which goes on after a deletion. */
  async append(
    tx: Transaction,
    kind: DocumentKind,
    { name, document, secret, author, reason }: NewVersion,
  ): Promise<DocumentVersion> {
    const before = (await this.current(kind, tx)).find((each) => each.name === name)?.document ?? null;
    const [row] = await tx.query<DocumentVersion[]>(
      `INSERT INTO alert_document_versions (kind, name, version, document, secret, author, reason)
       SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6
         FROM alert_document_versions WHERE kind = $1 AND name = $2
       RETURNING name, version, document, secret, author, reason, at`,
      [kind, name, document === null ? null : JSON.stringify(document), secret, author, reason],
    );
    if (!row) throw new Error('an insert of one row has returned none');
    const action = `alert-${kind}.${document === null ? 'deleted' : before === null ? 'created' : 'changed'}`;
    const object = { type: `alert-${kind}`, id: name };
    await this.audit.record(tx, { actor: author, action, object, reason, before, after: document });
    return row;
  }

  /** Newest first. */
  history(
    kind: DocumentKind,
    name: string,
    before: number | null,
    limit: number,
  ): Promise<DocumentVersion[]> {
    return this.dataSource.query<DocumentVersion[]>(
      `SELECT name, version, document, NULL AS secret, author, reason, at FROM alert_document_versions
        WHERE kind = $1 AND name = $2 AND ($3::int IS NULL OR version < $3)
        ORDER BY version DESC LIMIT $4`,
      [kind, name, before, limit],
    );
  }
}
