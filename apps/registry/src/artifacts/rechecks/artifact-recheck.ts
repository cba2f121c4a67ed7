import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { subjectId } from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import { Metrics, PeriodicTask } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { ArtifactConfig } from '../artifact-config';
import { evidenceOf } from '../artifact-fetcher';
import { ArtifactRecords, type ArtifactRecord, type RecheckOutcome } from '../artifact-records';
import { ArtifactSources } from '../artifact-sources';
import { concurrently } from '../concurrently';
import { VersionRepository } from '../../versions/version-repository';
import { Refused, rejection, type Rejection } from '../rejections/rejection';
import { RejectionRepository } from '../rejections/rejection-repository';
import { sha256Of } from '../sha256';

const LONGEST_TURN_MS = 60_000;
const VERSIONS_A_TURN = 20;
const FILES_AT_ONCE = 2;

type Look =
  { readonly outcome: 'same' } | { readonly outcome: 'republished' | 'gone'; readonly why: Rejection };

/**
 * Looks again at what versions in production were fetched from. Their own files were checked and are checked wherever
 * they are used; but a source that changes in silence is a breach at the provider, and whoever fetches from it next, or
 * deploys by the tag, gets something else.
 */
@Injectable()
export class ArtifactRecheck implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ArtifactRecheck.name);
  private readonly looks;
  private readonly task = new PeriodicTask(this.logger, 'Artifacts are not rechecked for now', () =>
    this.recheckDue(),
  );

  constructor(
    private readonly config: ArtifactConfig,
    private readonly sources: ArtifactSources,
    private readonly records: ArtifactRecords,
    private readonly versions: VersionRepository,
    private readonly rejections: RejectionRepository,
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    metrics: Metrics,
  ) {
    this.looks = metrics.counter({
      name: 'artifact_rechecks_total',
      help: 'Looks at the sources of versions in production, by what was found',
      labelNames: ['outcome'],
    });
  }

  onApplicationBootstrap(): void {
    const { recheckIntervalMs } = this.config;
    if (recheckIntervalMs > 0) this.task.start(Math.min(recheckIntervalMs, LONGEST_TURN_MS));
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  async recheckDue(): Promise<void> {
    const before = new Date(Date.now() - this.config.recheckIntervalMs);
    for (const record of await this.records.takeDue(before, VERSIONS_A_TURN))
      await this.recheck(record).catch((error: Error) => {
        this.looks.inc({ outcome: 'unanswered' });
        this.logger.warn(`${nameOf(record)}: its source does not answer: ${error.message}`);
      });
  }

  /** @throws OutboundHttpError when the source may answer better later */
  async recheck(record: ArtifactRecord): Promise<RecheckOutcome> {
    const look = await this.look(record);
    this.looks.inc({ outcome: look.outcome });
    await this.dataSource.transaction(async (tx) => {
      await this.records.noteOutcome(tx, record, look.outcome);
      if (look.outcome === 'same') return;
      this.logger.warn(`${nameOf(record)} ${look.outcome} at its source: ${look.why.detail}`);
      if (look.outcome !== 'republished') return;
      // Told once for each other content, not once an hour.
      const known = await this.rejections.lastRepublished(tx, record);
      if (known !== null && known === look.why.found.digest) return;
      const { provider, game, version } = record;
      const { reason, detail } = look.why;
      const origin = { source: 'croupier/registry', subject: subjectId(provider, game) };
      const event = newEvent('artifact.rejected', { provider, game, version, reason, detail }, origin);
      await this.rejections.add(
        tx,
        {
          provider,
          game,
          version,
          reference: record.reference,
          announcedDigest: null,
          registeredDigest: record.digest ?? record.manifestDigest,
          webhookId: null,
          announcedAt: null,
          eventId: event.id,
        },
        look.why,
      );
      await this.outbox.append(tx, event);
    });
    return look.outcome;
  }

  private async look(record: ArtifactRecord): Promise<Look> {
    try {
      return record.repository === 'oci' ? await this.lookAtTag(record) : await this.lookAtFiles(record);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { reason, detail, found } = error.rejection;
      if (reason !== 'digest-mismatch' && reason !== 'too-large')
        return { outcome: 'gone', why: error.rejection };
      return { outcome: 'republished', why: rejection('republished', detail, found) };
    }
  }

  /** What is behind a digest cannot change; a tag can. */
  private async lookAtTag(record: ArtifactRecord): Promise<Look> {
    const digest = await this.sources.tagDigest(record.source, this.sources.fetching());
    if (digest === null || digest === record.digest) return { outcome: 'same' };
    const detail = `${record.reference} was ${record.digest} when ${record.version} was registered, and is ${digest} now`;
    return { outcome: 'republished', why: rejection('republished', detail, { digest }) };
  }

  private async lookAtFiles(record: ArtifactRecord): Promise<Look> {
    const fetching = this.sources.fetching();
    const located = await this.sources.locate(record.source, fetching);
    const digest = sha256Of(located.manifest);
    if (digest !== record.manifestDigest) {
      const detail = `the manifest had SHA-256 ${record.manifestDigest} when ${record.version} was registered, and has ${digest} now`;
      return {
        outcome: 'republished',
        why: rejection('republished', detail, { ...evidenceOf(located), digest }),
      };
    }
    const files = await this.versions.files(record);
    await concurrently(files, FILES_AT_ONCE, (file) => located.checkFile(file, fetching));
    return { outcome: 'same' };
  }
}

function nameOf({ provider, game, version }: ArtifactRecord): string {
  return `${subjectId(provider, game)}@${version}`;
}
