import { Injectable, Logger } from '@nestjs/common';
import { subjectId, type CloudEvent, type GameVersionAnnounced } from '@croupier/contracts';
import { Inbox, newEvent, Outbox, type EventOrigin } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { VersionEntry } from '../versions/version-entry';
import { VersionRepository } from '../versions/version-repository';
import { ArtifactFetcher } from './artifact-fetcher';
import type { CheckedManifest } from './manifest-check';
import { rejection, type Rejection } from './rejection';
import { RejectionRepository } from './rejection-repository';

type Announced = CloudEvent<'game.version.announced', GameVersionAnnounced>;

@Injectable()
export class ArtifactRegistration {
  private readonly logger = new Logger(ArtifactRegistration.name);

  constructor(
    private readonly fetcher: ArtifactFetcher,
    private readonly versions: VersionRepository,
    private readonly rejections: RejectionRepository,
    private readonly entry: VersionEntry,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
  ) {}

  /** Registers what was announced, or rejects it. What is registered is never changed. */
  async settle(event: Announced): Promise<void> {
    const registered = await this.versions.digestOf(event.data);
    // Fetched before the transaction, which would hold its locks for as long as the provider takes.
    const fetched = registered === null ? await this.fetcher.fetch(event.data) : null;
    await this.inbox.once(event, async (tx) => {
      if (fetched?.kind === 'rejected') return this.reject(tx, event, fetched);
      const existing = fetched ? await this.register(tx, event, fetched) : registered;
      if (existing !== null && existing !== event.data.manifestSha256)
        await this.reject(tx, event, conflict(event.data, existing));
    });
  }

  /** Answers the digest that the version already has, or null when it is registered now. */
  private async register(
    tx: Transaction,
    event: Announced,
    { manifest, text }: CheckedManifest,
  ): Promise<string | null> {
    const { manifestUrl, manifestSha256: digest, announcedAt } = event.data;
    const existing = await this.versions.add(tx, {
      manifest,
      manifestText: text,
      manifestUrl,
      digest,
      announcedAt,
    });
    if (existing !== null) return existing;
    const { provider, game, version } = manifest;
    const clearance = await this.entry.enter(tx, manifest, event);
    await this.outbox.append(
      tx,
      newEvent(
        'artifact.registered',
        { provider, game, version, digest, manifestUrl, manifest, clearance },
        originOf(event),
      ),
    );
    return null;
  }

  private async reject(tx: Transaction, event: Announced, refused: Rejection): Promise<void> {
    const { provider, game, version } = event.data;
    const { reason, detail } = refused;
    this.logger.warn(`${provider}/${game}@${version} rejected, ${reason}: ${detail}`);
    await this.rejections.add(tx, event, refused);
    await this.outbox.append(
      tx,
      newEvent('artifact.rejected', { provider, game, version, reason, detail }, originOf(event)),
    );
  }
}

function conflict({ version, manifestSha256 }: GameVersionAnnounced, existing: string): Rejection {
  return rejection(
    'digest-conflict',
    `${version} is registered with digest ${existing}; announced was ${manifestSha256}. Publish a new version instead`,
  );
}

function originOf({ data, traceparent }: Announced): EventOrigin {
  return {
    source: 'croupier/registry',
    subject: subjectId(data.provider, data.game),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
