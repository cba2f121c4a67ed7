import { Injectable } from '@nestjs/common';
import { canonicalJson } from '@croupier/audit-chain';
import type { AuditExportQuery, ChainPoint } from '@croupier/contracts';
import { AuditConfig } from '../audit-config';
import { AnchorRepository } from '../retention/anchor-repository';
import { ChainRepository } from '../trail/chain-repository';
import { recordOf } from '../trail/stored-record';

const BATCH = 500;

/** A part of a chain as JSON Lines in canonical JSON, and a signed manifest as the last line. */
@Injectable()
export class AuditExport {
  constructor(
    private readonly chain: ChainRepository,
    private readonly config: AuditConfig,
    private readonly anchors: AnchorRepository,
  ) {}

  async *lines({ tenant, from, to }: AuditExportQuery): AsyncGenerator<string, void> {
    const start = from === undefined ? 0 : await this.chain.lastBefore(tenant, from);
    const end = to === undefined ? Infinity : await this.chain.lastBefore(tenant, to);
    const previous = start === 0 ? null : await this.chain.find(tenant, start);
    let before: ChainPoint = previous ? pointOf(previous) : await this.anchors.startOf(tenant);
    let first: ChainPoint | null = null;
    let last: ChainPoint | null = null;
    let count = 0;
    for (let after = start; ;) {
      const rows = await this.chain.page(tenant, after, BATCH);
      for (const row of rows) {
        const record = recordOf(row);
        if (record.sequence > end) break;
        before = first === null ? { sequence: record.sequence - 1, hash: record.previousHash } : before;
        first ??= pointOf(record);
        last = pointOf(record);
        count += 1;
        yield `${canonicalJson(record)}\n`;
      }
      const lastRow = rows.at(-1);
      after = Number(lastRow?.sequence ?? after);
      if (lastRow === undefined || rows.length < BATCH || after >= end) break;
    }
    const manifest = this.config.signer.sign({
      kind: 'manifest' as const,
      ...{ tenant, from: from ?? null, to: to ?? null },
      ...{ count, before, first, last, exportedAt: new Date().toISOString() },
    });
    yield `${canonicalJson(manifest)}\n`;
  }
}

function pointOf({ sequence, hash }: ChainPoint): ChainPoint {
  return { sequence, hash };
}
