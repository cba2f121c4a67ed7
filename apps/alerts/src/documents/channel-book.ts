import { Injectable } from '@nestjs/common';
import { AlertChannelDocument, type AlertChannelSettings } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { requirePrecondition, SecretBox, versionTag } from '@croupier/service-kit';
import { drawnSecret, faultOfSecret } from './channel-secret';
import type { DocumentChange } from './document-change';
import { channelInUse, invalidField, tooManyDocuments, unknownDocument } from './document-problems';
import { DocumentRepository, type DocumentVersion } from './document-repository';
import { RouteBook } from './route-book';

const MOST = 100;

export interface Channel extends DocumentVersion {
  readonly document: AlertChannelDocument;
}

/** Where alerts go, and with which secrets. */
@Injectable()
export class ChannelBook {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly routes: RouteBook,
    private readonly box: SecretBox,
  ) {}

  async all(tx?: Pick<Transaction, 'query'>): Promise<Channel[]> {
    const rows = await this.documents.current('channel', tx);
    return rows.map((row) => ({ ...row, document: AlertChannelDocument.parse(row.document) }));
  }

  async find(name: string): Promise<Channel | undefined> {
    return (await this.all()).find((each) => each.name === name);
  }

  async one(name: string): Promise<Channel> {
    const channel = await this.find(name);
    if (!channel) throw unknownDocument('channel', name);
    return channel;
  }

  secretOf({ name, secret }: Channel): string {
    if (secret === null) throw new Error(`${name} has no secret`);
    return this.box.open(secret, name).toString();
  }

  /** Answers the secret as well, when it was drawn here. */
  put(
    { name, expected, author, reason }: DocumentChange,
    document: AlertChannelDocument,
    given: string | undefined,
  ): Promise<{ channel: Channel; drawn: string | null }> {
    const { kind } = document.settings;
    const fault = given === undefined ? null : faultOfSecret(kind, given);
    if (fault !== null) throw invalidField('secret', fault);
    return this.documents.change(async (tx) => {
      const channels = await this.all(tx);
      const before = channels.find((each) => each.name === name);
      requirePrecondition(expected, before ? versionTag(before.version) : null);
      if (!before && channels.length >= MOST) throw tooManyDocuments('channel', MOST);
      const isSamePlace = before && placeOf(before.document.settings) === placeOf(document.settings);
      const kept = isSamePlace ? before.secret : null;
      const drawn = given === undefined && kept === null ? drawnSecret(kind) : null;
      const text = given ?? drawn;
      if (text === null && kept === null) throw invalidField('secret', `is needed by a channel to ${kind}`);
      const secret = text === null ? kept : this.box.seal(Buffer.from(text), name);
      const row = await this.documents.append(tx, 'channel', { name, document, secret, author, reason });
      return { channel: { ...row, document }, drawn };
    });
  }

  async remove({ name, expected, author, reason }: DocumentChange): Promise<void> {
    await this.documents.change(async (tx) => {
      const before = (await this.all(tx)).find((each) => each.name === name);
      if (!before) throw unknownDocument('channel', name);
      requirePrecondition(expected, versionTag(before.version));
      const routes = (await this.routes.all(tx)).filter(({ document }) => document.channels.includes(name));
      if (routes.length > 0)
        throw channelInUse(
          name,
          routes.map((route) => route.name),
        );
      await this.documents.append(tx, 'channel', { name, document: null, secret: null, author, reason });
    });
  }
}

/** A secret was given for one receiver; no other one is shown it. */
function placeOf(settings: AlertChannelSettings): string {
  switch (settings.kind) {
    case 'slack':
      return `slack ${new URL(settings.apiUrl).origin}`;
    case 'pagerduty':
      return `pagerduty ${new URL(settings.eventsUrl).origin}`;
    case 'webhook':
      return `webhook ${new URL(settings.url).origin}`;
  }
}
