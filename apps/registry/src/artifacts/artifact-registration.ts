import { Injectable, Logger } from '@nestjs/common';
import { subjectId, type CloudEvent } from '@croupier/contracts';
import { Inbox, newEvent, Outbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { ServiceAddresses, Tracing } from '@croupier/service-kit';
import { VersionEntry } from '../versions/version-entry';
import { VersionRepository } from '../versions/version-repository';
import { digestAnnounced, referenceOf, type AnnouncedArtifact } from './announced-artifact';
import { ArtifactFetcher, type FetchedArtifact } from './artifact-fetcher';
import { ArtifactRecords } from './artifact-records';
import { isPassing } from './artifact-sources';
import { rejection, type Rejection } from './rejections/rejection';
import { RejectionRepository } from './rejections/rejection-repository';

/** What has to be done about an announcement. */
type Verdict = FetchedArtifact | Rejection | { readonly kind: 'known' };

@Injectable()
export class ArtifactRegistration {
  private readonly logger = new Logger(ArtifactRegistration.name);

  constructor(
    private readonly fetcher: ArtifactFetcher,
    private readonly versions: VersionRepository,
    private readonly records: ArtifactRecords,
    private readonly rejections: RejectionRepository,
    private readonly addresses: ServiceAddresses,
    private readonly entry: VersionEntry,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly tracing: Tracing,
  ) {}

  /** Registers what was announced, or rejects it. What is registered is never changed. */
  async settle(event: CloudEvent, announced: AnnouncedArtifact): Promise<void> {
    const registered = await this.versions.digestOf(announced);
    // Fetched before the transaction, which would hold its locks for as long as the other side takes.
    const verdict = await this.check(announced, registered);
    await this.inbox.once(event, async (tx) => {
      if (verdict.kind === 'known') return;
      if (verdict.kind === 'rejected') return this.reject(tx, announced, verdict, registered);
      const existing = await this.register(tx, event, announced, verdict);
      if (existing !== null && existing !== verdict.checked.digest)
        await this.reject(tx, announced, conflict(announced, existing, verdict.checked.digest), existing);
    });
  }

  private check(announced: AnnouncedArtifact, registered: string | null): Promise<Verdict> {
    const { provider, game, version } = announced;
    const attributes = { 'croupier.provider': provider, 'croupier.game': game, 'croupier.version': version };
    return this.tracing.within({ name: 'check artifact', attributes }, async (span) => {
      const verdict =
        registered === null ? await this.fetcher.fetch(announced) : await this.compare(announced, registered);
      span.set({ 'croupier.artifact.verdict': verdict.kind });
      if (verdict.kind === 'rejected') span.fail(`${verdict.reason}: ${verdict.detail}`);
      return verdict;
    });
  }

  /** Whether a version that is registered has been announced once more, or another one under its name. */
  private async compare(announced: AnnouncedArtifact, registered: string): Promise<Verdict> {
    if (announced.manifestSha256 === registered) return { kind: 'known' };
    const record = await this.records.find(announced);
    const digest = digestAnnounced(announced);
    if (announced.source.kind === 'module' && digest !== null && record?.digest === digest)
      return { kind: 'known' };
    const found = await this.fetcher.manifestOf(announced).catch((error: unknown) => {
      // What was announced tells enough; a module that announced no digest has to be looked at.
      if (announced.manifestSha256 !== null && isPassing(error)) return null;
      throw error;
    });
    if (found?.kind === 'manifest' && found.digest === registered) return { kind: 'known' };
    if (found?.kind === 'rejected' && announced.manifestSha256 === null) return found;
    const claimed = announced.manifestSha256 ?? (found?.kind === 'manifest' ? found.digest : '');
    const { kind, reason, detail } = conflict(announced, registered, claimed);
    return { kind, reason, detail, found: evidence(found) };
  }

  /** Answers the digest that the version already has, or null when it is registered now. */
  private async register(
    tx: Transaction,
    event: CloudEvent,
    announced: AnnouncedArtifact,
    fetched: FetchedArtifact,
  ): Promise<string | null> {
    const { manifest, text, digest } = fetched.checked;
    const { provider, game, version, announcedAt } = announced;
    const manifestUrl = this.manifestUrlOf(announced, fetched);
    const existing = await this.versions.add(tx, {
      manifest,
      manifestText: text,
      manifestUrl,
      digest,
      announcedAt,
    });
    if (existing !== null) return existing;
    await this.records.add(tx, announced, fetched);
    const clearance = await this.entry.enter(tx, manifest, event);
    await this.outbox.append(
      tx,
      newEvent(
        'artifact.registered',
        { provider, game, version, digest, manifestUrl, manifest, clearance },
        announced.origin,
      ),
    );
    return null;
  }

  /** What only the registry can fetch it serves itself, to those who have a token. */
  private manifestUrlOf(
    { provider, game, version }: AnnouncedArtifact,
    { located }: FetchedArtifact,
  ): string {
    if (located.servedByOrigin) return located.pinned;
    const path = [provider, game, 'versions', version].map(encodeURIComponent).join('/');
    return `${this.addresses.url('registry')}/v1/games/${path}/files/croupier.json`;
  }

  private async reject(
    tx: Transaction,
    announced: AnnouncedArtifact,
    refused: Rejection,
    registeredDigest: string | null,
  ): Promise<void> {
    const { provider, game, version, webhookId, announcedAt, eventId } = announced;
    const { reason, detail } = refused;
    this.logger.warn(`${subjectId(provider, game)}@${version} rejected, ${reason}: ${detail}`);
    await this.rejections.add(
      tx,
      {
        provider,
        game,
        version,
        reference: referenceOf(announced),
        announcedDigest: digestAnnounced(announced),
        registeredDigest,
        webhookId,
        announcedAt,
        eventId,
      },
      refused,
    );
    await this.outbox.append(
      tx,
      newEvent('artifact.rejected', { provider, game, version, reason, detail }, announced.origin),
    );
  }
}

function conflict({ version }: AnnouncedArtifact, existing: string, claimed: string): Rejection {
  return rejection(
    'digest-conflict',
    `${version} is registered with digest ${existing}; announced was ${claimed}. Publish a new version instead`,
  );
}

/** What is published now, whether or not it is a manifest. */
function evidence(
  found: { readonly kind: 'manifest'; readonly text: string; readonly digest: string } | Rejection | null,
): Rejection['found'] {
  if (found === null) return {};
  if (found.kind === 'rejected') return found.found;
  const manifest = Buffer.from(found.text);
  return { digest: found.digest, sizeBytes: manifest.length, manifest };
}
