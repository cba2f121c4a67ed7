import { Injectable } from '@nestjs/common';
import { ChainWalk, GENESIS, TrustedKeys } from '@croupier/audit-chain';
import { AuditContent, type AuditCheckpoint, type ChainFault, type ChainReport } from '@croupier/contracts';
import { AuditKeyRing } from '../keys/audit-key-ring';
import { CheckpointRepository } from '../checkpoints/checkpoint-repository';
import { AnchorRepository, type KeptAnchor } from '../retention/anchor-repository';
import { ChainRepository } from '../trail/chain-repository';
import { recordOf, type StoredRecord } from '../trail/stored-record';

const BATCH = 500;
const MOST_FAULTS = 100;

/** Reads a whole chain, a batch at a time, and holds it against its checkpoints. */
@Injectable()
export class LiveVerification {
  constructor(
    private readonly chain: ChainRepository,
    private readonly checkpoints: CheckpointRepository,
    private readonly anchors: AnchorRepository,
    private readonly keyRing: AuditKeyRing,
  ) {}

  async of(tenant: string): Promise<ChainReport> {
    const kept = await this.anchors.latest(tenant);
    const start = kept === null ? GENESIS : kept.anchor;
    const walk = new ChainWalk(start);
    const faults: ChainFault[] = [];
    let count = 0;
    let signatures = kept === null ? 0 : 1;
    const found = (some: readonly ChainFault[]): void => {
      count += some.length;
      faults.push(...some.slice(0, MOST_FAULTS - faults.length));
    };
    const keys = this.keyRing.trusted;
    if (kept !== null) found(anchorFaults(kept, tenant, keys));
    // Those of what went with an anchor go with it; one that a clock was wrong for may still be there.
    const ahead = this.checkpointsOf(tenant, kept?.sequence ?? 0);
    let next = await ahead.next();
    for await (const row of this.rowsOf(tenant)) {
      const record = readable(row);
      if (record === null) {
        found([fault('malformed', Number(row.sequence), 'what is stored is no record')]);
        continue;
      }
      found(walk.take(record));
      found(disagreements(row, record));
      while (!next.done && next.value.sequence <= record.sequence) {
        signatures += 1;
        found(checked(next.value, record, keys));
        next = await ahead.next();
      }
    }
    while (!next.done) {
      signatures += 1;
      const { sequence } = next.value;
      found([
        fault('truncated', sequence, `a checkpoint was signed at record ${sequence}, and it is missing`),
      ]);
      next = await ahead.next();
    }
    return {
      ...{ tenant, verified: count === 0, records: walk.records, signatures, faults },
      ...{ first: walk.firstPoint, last: walk.lastPoint, anchor: kept?.anchor ?? null },
    };
  }

  private async *rowsOf(tenant: string): AsyncGenerator<StoredRecord, void> {
    for (let after = 0; ;) {
      const rows = await this.chain.page(tenant, after, BATCH);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) return;
      after = Number(last.sequence);
    }
  }

  private async *checkpointsOf(
    tenant: string,
    start: number,
  ): AsyncGenerator<{ sequence: number; checkpoint: AuditCheckpoint | null }, void> {
    for (let after = start; ;) {
      const page = await this.checkpoints.page(tenant, after, BATCH);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < BATCH) return;
      after = last.sequence;
    }
  }
}

function readable(row: StoredRecord): ReturnType<typeof recordOf> | null {
  try {
    const record = recordOf(row);
    return AuditContent.safeParse(record).success ? record : null;
  } catch {
    return null;
  }
}

/** What people search by has to say what was hashed. */
function disagreements(row: StoredRecord, record: ReturnType<typeof recordOf>): ChainFault[] {
  const same =
    row.tenant === record.tenant &&
    Number(row.sequence) === record.sequence &&
    row.actor === record.actor &&
    row.action === record.action &&
    row.object_type === record.object.type &&
    row.object_id === record.object.id &&
    row.at.getTime() === Date.parse(record.at) &&
    row.recorded_at.getTime() === Date.parse(record.recordedAt);
  return same
    ? []
    : [fault('edited', Number(row.sequence), 'its columns say something else than its content')];
}

function checked(
  { sequence, checkpoint }: { sequence: number; checkpoint: AuditCheckpoint | null },
  record: ReturnType<typeof recordOf>,
  keys: TrustedKeys,
): ChainFault[] {
  if (checkpoint === null || checkpoint.sequence !== sequence || checkpoint.tenant !== record.tenant)
    return [fault('malformed', sequence, 'its checkpoint is none')];
  const kind = keys.faultOf(checkpoint);
  if (kind !== null)
    return [fault(kind, sequence, `the signature of its checkpoint, of key ${checkpoint.keyId}`)];
  if (record.sequence === sequence && record.hash === checkpoint.hash) return [];
  return [fault('edited', sequence, `a checkpoint was signed for it with the hash ${checkpoint.hash}`)];
}

function anchorFaults({ sequence, anchor }: KeptAnchor, tenant: string, keys: TrustedKeys): ChainFault[] {
  if (anchor === null || anchor.sequence !== sequence || anchor.tenant !== tenant)
    return [fault('malformed', sequence, 'the anchor that the chain goes on from is none')];
  const kind = keys.faultOf(anchor);
  return kind === null ? [] : [fault(kind, sequence, `the signature of its anchor, of key ${anchor.keyId}`)];
}

function fault(kind: ChainFault['kind'], sequence: number, detail: string): ChainFault {
  return { kind, sequence, line: null, detail };
}
