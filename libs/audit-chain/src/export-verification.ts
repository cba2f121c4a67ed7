import {
  AuditManifest,
  AuditRecord,
  type ChainFault,
  type ChainPoint,
  type ChainReport,
} from '@croupier/contracts';
import { canonicalJson } from './canonical';
import { ChainWalk } from './chain-walk';
import type { TrustedKeys } from './keys';

/** So that a file of nothing but faults takes no memory. */
const MOST_FAULTS = 100;

/** Verifies an export line by line, as it is read. Any edit, gap, swap, repetition or missing end is a fault. */
export class ExportVerification {
  private readonly walk = new ChainWalk(null);
  private readonly faults: ChainFault[] = [];
  private faultCount = 0;
  private line = 0;
  private tenant: string | null = null;
  private before: ChainPoint | null = null;
  private manifest: AuditManifest | null = null;

  constructor(private readonly keys: TrustedKeys) {}

  /** Without its line break. */
  take(text: string): void {
    this.line += 1;
    const value = parsed(text);
    if (value === undefined) return this.found('malformed', null, 'the line is no JSON');
    // What the hash and the signature cover is the canonical form: a repeated key would be nobody's.
    if (!isCanonical(value, text))
      this.found('malformed', sequenceOf(value), 'the line is not canonical JSON');
    if (this.manifest) return this.found('malformed', sequenceOf(value), 'the line comes after the manifest');
    const manifest = AuditManifest.safeParse(value);
    if (manifest.success) {
      this.manifest = manifest.data;
      this.compare(manifest.data);
      return;
    }
    const record = AuditRecord.safeParse(value);
    if (!record.success) return this.found('malformed', sequenceOf(value), 'the line is no audit record');
    this.takeRecord(value as AuditRecord);
  }

  /** What was found, once all lines were taken. */
  report(): ChainReport {
    if (this.manifest === null) this.found('truncated', null, 'the signed manifest at the end is missing');
    return {
      tenant: this.tenant ?? this.manifest?.tenant ?? null,
      verified: this.faultCount === 0,
      records: this.walk.records,
      first: this.walk.firstPoint,
      last: this.walk.lastPoint,
      signatures: this.manifest === null ? 0 : 1,
      faults: this.faults,
    };
  }

  private takeRecord(record: AuditRecord): void {
    this.tenant ??= record.tenant;
    this.before ??= { sequence: record.sequence - 1, hash: record.previousHash };
    if (record.tenant !== this.tenant)
      this.found(
        'not-in-export',
        record.sequence,
        `it is of ${record.tenant}, the others are of ${this.tenant}`,
      );
    for (const { kind, sequence, detail } of this.walk.take(record, this.line))
      this.found(kind, sequence, detail);
  }

  private compare(manifest: AuditManifest): void {
    const fault = this.keys.faultOf(manifest);
    if (fault !== null) this.found(fault, null, `the manifest's signature, of key ${manifest.keyId}`);
    const { records, firstPoint: first, lastPoint: last } = this.walk;
    if (manifest.count !== records)
      this.found(
        'truncated',
        null,
        `the manifest tells of ${manifest.count} records, and there are ${records}`,
      );
    if (!samePoint(manifest.first, first))
      this.found('truncated', null, told('first', manifest.first, first));
    if (!samePoint(manifest.last, last)) this.found('truncated', null, told('last', manifest.last, last));
    if (this.before && !samePoint(manifest.before, this.before))
      this.found('truncated', null, told('one before the first', manifest.before, this.before));
    if (this.tenant !== null && manifest.tenant !== this.tenant)
      this.found(
        'not-in-export',
        null,
        `the manifest is of ${manifest.tenant}, the records of ${this.tenant}`,
      );
  }

  private found(kind: ChainFault['kind'], sequence: number | null, detail: string): void {
    this.faultCount += 1;
    if (this.faults.length < MOST_FAULTS) this.faults.push({ kind, sequence, line: this.line, detail });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}

function sequenceOf(value: unknown): number | null {
  const sequence = (value as { sequence?: unknown } | null)?.sequence;
  return typeof sequence === 'number' && Number.isInteger(sequence) ? sequence : null;
}

function samePoint(one: ChainPoint | null, other: ChainPoint | null): boolean {
  return one?.sequence === other?.sequence && one?.hash === other?.hash;
}

function told(which: string, expected: ChainPoint | null, found: ChainPoint | null): string {
  const name = (point: ChainPoint | null): string =>
    point ? `record ${point.sequence} (${point.hash})` : 'none';
  return `the manifest's ${which} is ${name(expected)}, the file's is ${name(found)}`;
}
