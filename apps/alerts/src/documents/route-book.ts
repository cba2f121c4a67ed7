import { Injectable } from '@nestjs/common';
import { AlertRouteDocument } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { requirePrecondition, versionTag } from '@croupier/service-kit';
import type { DocumentChange } from './document-change';
import { invalidField, tooManyDocuments, unknownDocument } from './document-problems';
import { DocumentRepository, type DocumentVersion } from './document-repository';

const MOST = 500;

export interface Route extends DocumentVersion {
  readonly document: AlertRouteDocument;
}

/** Which alerts go to which channels. */
@Injectable()
export class RouteBook {
  constructor(private readonly documents: DocumentRepository) {}

  /** By name. */
  async all(tx?: Pick<Transaction, 'query'>): Promise<Route[]> {
    const rows = await this.documents.current('route', tx);
    return rows.map((row) => ({ ...row, document: AlertRouteDocument.parse(row.document) }));
  }

  async one(name: string): Promise<Route> {
    const route = (await this.all()).find((each) => each.name === name);
    if (!route) throw unknownDocument('route', name);
    return route;
  }

  put({ name, expected, author, reason }: DocumentChange, document: AlertRouteDocument): Promise<Route> {
    return this.documents.change(async (tx) => {
      const routes = await this.all(tx);
      const before = routes.find((each) => each.name === name);
      requirePrecondition(expected, before ? versionTag(before.version) : null);
      if (!before && routes.length >= MOST) throw tooManyDocuments('route', MOST);
      const channels = (await this.documents.current('channel', tx)).map((channel) => channel.name);
      const unknown = document.channels.findIndex((channel) => !channels.includes(channel));
      if (unknown >= 0) throw invalidField(`channels.${unknown}`, 'names no channel');
      const row = await this.documents.append(tx, 'route', { name, document, secret: null, author, reason });
      return { ...row, document };
    });
  }

  async remove({ name, expected, author, reason }: DocumentChange): Promise<void> {
    await this.documents.change(async (tx) => {
      const before = (await this.all(tx)).find((each) => each.name === name);
      if (!before) throw unknownDocument('route', name);
      requirePrecondition(expected, versionTag(before.version));
      await this.documents.append(tx, 'route', { name, document: null, secret: null, author, reason });
    });
  }
}
