import { Injectable } from '@nestjs/common';
import { contentDigestOf } from '@croupier/audit-chain';
import type { AuditRecord, ServiceReport, ServiceReportQuery } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { AuditConfig } from '../audit-config';
import { AnchorRepository } from '../retention/anchor-repository';
import { recordOf, type StoredRecord } from '../trail/stored-record';
import { serviceIntervals } from './service-intervals';

const ACTIONS = [
  'traffic.changed',
  'rollout.started',
  'rollout.promoted',
  'rollout.rolled_back',
  'release.approved',
  'approval.overridden',
  'clearance.changed',
  'certificate.recorded',
  'game.certified',
];

/** Reads a report from the provider's chain, and signs it. */
@Injectable()
export class ReportMaker {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: AuditConfig,
    private readonly anchors: AnchorRepository,
  ) {}

  async make(query: ServiceReportQuery): Promise<ServiceReport> {
    const { provider, game, market, from, to } = query;
    const anchor = (await this.anchors.latest(provider))?.anchor ?? null;
    const content = {
      ...{ provider, game, market: market ?? null, from, to, recordsSince: anchor?.recordedBefore ?? null },
      intervals: serviceIntervals(await this.recordsOf(provider, game), query),
    };
    return this.config.signer.sign({
      ...content,
      contentDigest: contentDigestOf(content),
      madeAt: new Date().toISOString(),
    });
  }

  private async recordsOf(provider: string, game: string): Promise<AuditRecord[]> {
    const rows = await this.dataSource.query<Pick<StoredRecord, 'content' | 'hash'>[]>(
      `SELECT content, hash FROM audit_records
        WHERE tenant = $1 AND action = ANY($2) AND strpos(content, $3) > 0 ORDER BY sequence`,
      [provider, ACTIONS, `"game":${JSON.stringify(game)}`],
    );
    return rows.map(recordOf).filter(({ after }) => (after as { game?: unknown } | null)?.game === game);
  }
}
