import { Injectable } from '@nestjs/common';
import type { CertificateImport, CertificateImported, CloudEvent, GameCertified } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { ClearanceReview } from '../clearance/clearance-review';
import { Clock } from '../clock';
import { VersioningSchemes } from '../versioning/versioning-schemes';
import { idOf } from '../versions/version-id';
import { VersionRepository, type Game, type GameVersion } from '../versions/version-repository';
import { CertificateRepository, type CertificateRecord, type NewCertificate } from './certificate-repository';
import { namedTwice, unreadableVersion } from './certificate-problems';

/** Takes certificates, from providers and operators, and lets them count at once. */
@Injectable()
export class CertificationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly certificates: CertificateRepository,
    private readonly versions: VersionRepository,
    private readonly schemes: VersioningSchemes,
    private readonly clearance: ClearanceReview,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  /** The provider says that a laboratory has certified a version: from the announcement on, for whatever digest it has. */
  async told(event: CloudEvent<'game.certified', GameCertified>): Promise<void> {
    const { provider, game, markets, certificate, validUntil, announcedAt } = event.data;
    await this.inbox.once(event, async (tx) => {
      const version = { provider, game, version: await this.schemes.versionOf(event.data, tx) };
      const told = [...new Set(markets)].map((market) => ({
        ...version,
        market,
        certificate: certificate ?? '',
        laboratory: null,
        digest: null,
        rtp: null,
        validFrom: announcedAt,
        validTo: validUntil,
      }));
      const toldAt = new Date(announcedAt);
      const reason = `certified by the provider's word${certificate === null ? '' : `: ${certificate}`}`;
      await this.certificates.put(tx, told, { toldAt, actor: provider, reason, reinstates: false });
      await this.clearance.review(tx, [version], {
        actor: provider,
        reason,
        traceparent: event.traceparent,
      });
    });
  }

  /** All of the lines or none. */
  async import({ certificates, reason }: CertificateImport, actor: string): Promise<CertificateImported> {
    return this.dataSource.transaction(async (tx) => {
      const lines: NewCertificate[] = [];
      for (const [index, { originalVersion, version, ...line }] of certificates.entries())
        lines.push({ ...line, version: version ?? (await this.semVerOf(tx, line, originalVersion, index)) });
      refuseRepetition(lines);
      const toldAt = this.clock.now();
      await this.certificates.put(tx, lines, { toldAt, actor, reason, reinstates: true });
      await this.audit.record(
        tx,
        ...lines.map((line) => ({
          provider: line.provider,
          actor,
          action: 'certificate.recorded',
          object: { type: 'certificate', id: `${idOf(line)} ${line.market}` },
          reason,
          after: line,
        })),
      );
      const versions = [...new Map(lines.map((line) => [idOf(line), line])).values()];
      const clearancesChanged = await this.clearance.review(tx, versions, { actor, reason });
      const registered = await this.versions.registered(tx, versions);
      return {
        certificates: lines.length,
        clearancesChanged,
        unregistered: versions.map(idOf).filter((id) => !registered.has(id)),
      };
    });
  }

  private async semVerOf(
    tx: Transaction,
    { provider, game }: Game,
    originalVersion: string | undefined,
    index: number,
  ): Promise<string> {
    const version = await this.schemes.versionOf({ provider, game, version: null, originalVersion }, tx);
    if (version === null) throw unreadableVersion(index);
    return version;
  }

  /** Null when there is no such certificate. Withdrawn twice is withdrawn once. */
  async withdraw(id: string, author: string, reason: string): Promise<CertificateRecord | null> {
    return this.dataSource.transaction(async (tx) => {
      const withdrawn = await this.certificates.withdraw(tx, id, { author, reason, at: this.clock.now() });
      if (!withdrawn) return this.certificates.find(id);
      const version: GameVersion = withdrawn;
      await this.audit.record(tx, {
        provider: withdrawn.provider,
        actor: author,
        action: 'certificate.withdrawn',
        object: { type: 'certificate', id: `${idOf(withdrawn)} ${withdrawn.market}` },
        reason,
        before: { ...withdrawn, withdrawnAt: null, withdrawnBy: null, withdrawnReason: null },
        after: withdrawn,
      });
      await this.clearance.review(tx, [version], {
        actor: author,
        reason: `certificate ${withdrawn.certificate} of ${withdrawn.market} withdrawn: ${reason}`,
      });
      return withdrawn;
    });
  }
}

function refuseRepetition(lines: readonly NewCertificate[]): void {
  const seen = new Map<string, number>();
  for (const [index, { provider, game, version, market, certificate }] of lines.entries()) {
    const key = [provider, game, version, market, certificate].join('\n');
    const first = seen.get(key);
    if (first !== undefined) throw namedTwice(first, index);
    seen.set(key, index);
  }
}
