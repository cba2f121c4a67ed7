import { Injectable } from '@nestjs/common';
import type { AlertDocumentChange } from '@croupier/contracts';
import { pageOf, positionOf, type Page } from '@croupier/service-kit';
import { z } from 'zod';
import { DocumentRepository, type DocumentKind } from './document-repository';

export interface HistoryQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Of the request. */
  readonly url: string;
}

/** What channels and routes have been, page by page. */
@Injectable()
export class DocumentHistory {
  constructor(private readonly documents: DocumentRepository) {}

  /** Newest first. */
  async page(
    kind: DocumentKind,
    name: string,
    { cursor, limit, url }: HistoryQuery,
  ): Promise<Page<AlertDocumentChange>> {
    const before = positionOf(cursor, z.int().min(1));
    const rows = await this.documents.history(kind, name, before, limit + 1);
    const page = pageOf(rows, { limit, url, positionOfRow: ({ version }) => version });
    const items = page.items.map(({ version, document, author, reason, at }) => ({
      ...{ version, document, author, reason },
      at: at.toISOString(),
    }));
    return { ...page, items };
  }
}
