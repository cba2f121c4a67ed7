import { Injectable, Logger } from '@nestjs/common';
import { Slug, type AuditAnchor } from '@croupier/contracts';
import { AuditConfig } from '../audit-config';
import { AuditExport } from '../export/audit-export';
import { AuditKeyRing } from '../keys/audit-key-ring';
import { LiveVerification } from '../verification/live-verification';
import { AnchorRepository } from './anchor-repository';
import { AuditArchive } from './audit-archive';
import { AuditYears, type YearOfChain } from './audit-years';

/**
 * Lets years of records go that were kept long enough: only what verifies, only once it is in the archive and was read
 * back from there, and with a signed anchor from which the rest of the chain still verifies.
 */
@Injectable()
export class RecordRetention {
  private readonly logger = new Logger(RecordRetention.name);
  private readonly archive: AuditArchive | null;

  constructor(
    private readonly config: AuditConfig,
    private readonly years: AuditYears,
    private readonly anchors: AnchorRepository,
    private readonly exporting: AuditExport,
    private readonly verification: LiveVerification,
    private readonly keyRing: AuditKeyRing,
  ) {
    this.archive = config.archiveDirectory === null ? null : new AuditArchive(config.archiveDirectory);
  }

  /** The years that went. */
  async enforce(now: Date): Promise<number[]> {
    const due = (await this.years.kept()).filter((year) => this.mayGoAt(year) <= now);
    if (due.length > 0 && this.archive === null) {
      this.logger.warn(`${due.join(', ')} may go, and stays: AUDIT_ARCHIVE_DIR names no archive to go to`);
      return [];
    }
    const gone: number[] = [];
    // The oldest first: what stays of a chain is its end, without a hole.
    for (const year of due) if (await this.letGo(year, this.archive!, now)) gone.push(year);
    return gone;
  }

  /** When the last record of the year will have been kept for its years. */
  mayGoAt(year: number): Date {
    return startOf(year + 1 + this.config.retentionYears);
  }

  private async letGo(year: number, archive: AuditArchive, now: Date): Promise<boolean> {
    const chains = await this.years.chainsOf(year);
    const anchors: AuditAnchor[] = [];
    for (const chain of chains) anchors.push(await this.archived(year, chain, archive, now));
    const isGone = await this.years.drop(year, async (tx) => {
      if (JSON.stringify(await this.years.chainsOf(year, tx)) !== JSON.stringify(chains))
        throw new Error(`The records of ${year} are others than were put into the archive`);
      for (const anchor of anchors) await this.anchors.add(tx, anchor);
    });
    // To the log too, as checkpoints are: whoever holds the database cannot take it back there.
    if (isGone) for (const anchor of anchors) this.logger.log(`Anchor ${JSON.stringify(anchor)}`);
    return isGone;
  }

  private async archived(
    year: number,
    { tenant, records, last }: YearOfChain,
    archive: AuditArchive,
    now: Date,
  ): Promise<AuditAnchor> {
    const found = await this.verification.of(Slug.parse(tenant));
    if (!found.verified)
      throw new Error(`The chain of ${tenant} does not verify: its records of ${year} stay as evidence`);
    const end = startOf(year + 1).toISOString();
    const file = `${tenant}/${year}.jsonl`;
    await archive.put(file, this.exporting.lines({ tenant, to: end }));
    const kept = await archive.verify(file, this.keyRing.trusted);
    const isWhole = kept.verified && kept.tenant === tenant && kept.records === records;
    if (!isWhole || kept.first?.hash !== found.first?.hash || kept.last?.sequence !== last)
      throw new Error(`${file} in the archive is not what the database has of ${year}: look what it is`);
    return this.config.signer.sign({
      ...{ kind: 'anchor' as const, tenant, ...kept.last, recordedBefore: end },
      ...{ archive: { file, records }, at: now.toISOString() },
    });
  }
}

function startOf(year: number): Date {
  return new Date(Date.UTC(year, 0));
}
