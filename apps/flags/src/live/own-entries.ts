import { Injectable } from '@nestjs/common';
import type { EnvironmentDocument, FlagDocument, SegmentDocument } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { documentOf, type DocumentOf, type Kind } from '../ledger/documents';

interface LoadedRow {
  readonly kind: Kind;
  readonly name: string;
  readonly document: unknown;
  readonly revision: string;
}

/** The ledger's entries in memory, as far as answers to SDKs need them. */
@Injectable()
export class OwnEntries {
  readonly flags = new Map<string, FlagDocument>();
  readonly segments = new Map<string, SegmentDocument>();
  readonly environments = new Map<string, EnvironmentDocument>();
  readonly tokens = new Map<string, DocumentOf<'token'>>();
  /** Up to which changes are in here. */
  revision = -1;
  /** Up to which those of flags and segments are. */
  flagsRevision = 0;

  constructor(private readonly dataSource: DataSource) {}

  /** Reads what has changed since. Revisions have the order of their commits, so nothing is missed. */
  async refresh(): Promise<boolean> {
    const rows = await this.dataSource.query<LoadedRow[]>(
      `SELECT kind, name, document, revision FROM flag_entries
       WHERE revision > $1 AND kind IN ('flag', 'segment', 'environment', 'token')
       ORDER BY revision, kind COLLATE "C", name COLLATE "C"`,
      [this.revision],
    );
    for (const row of rows) this.take(row);
    return rows.length > 0;
  }

  private take({ kind, name, document, revision }: LoadedRow): void {
    this.revision = Number(revision);
    if (kind === 'flag' || kind === 'segment') this.flagsRevision = this.revision;
    switch (kind) {
      case 'flag':
        return put(this.flags, name, documentOf(kind, document));
      case 'segment':
        return put(this.segments, name, documentOf(kind, document));
      case 'environment':
        return put(this.environments, name, documentOf(kind, document));
      case 'token':
        return put(this.tokens, name, documentOf(kind, document));
      case 'change-request':
      case 'kill':
        return;
      default:
        return kind satisfies never;
    }
  }
}

function put<Document>(documents: Map<string, Document>, name: string, document: Document | null): void {
  if (document === null) documents.delete(name);
  else documents.set(name, document);
}
