import type { AuditRecord, ChainFault, ChainPoint } from '@croupier/contracts';
import { hashOf } from './record';

/** Follows a chain, record after record, and tells what does not fit. Keeps nothing but where it is. */
export class ChainWalk {
  private first: ChainPoint | null = null;
  private last: ChainPoint | null;
  private taken = 0;

  /** @param start - the record before the first one; null when it is not known */
  constructor(private readonly start: ChainPoint | null) {
    this.last = start;
  }

  get records(): number {
    return this.taken;
  }

  get firstPoint(): ChainPoint | null {
    return this.first;
  }

  /** The highest that was taken. */
  get lastPoint(): ChainPoint | null {
    return this.taken === 0 ? null : this.last;
  }

  get head(): ChainPoint | null {
    return this.last;
  }

  /** @param line - of the file that the record is from */
  take(record: AuditRecord, line: number | null = null): ChainFault[] {
    this.taken += 1;
    const { sequence, hash } = record;
    const faults: ChainFault[] = [];
    const found = (kind: ChainFault['kind'], detail: string): void => {
      faults.push({ kind, sequence, line, detail });
    };
    const actual = hashOf(record);
    if (actual !== hash) found('edited', `its content has the hash ${actual}, not ${hash}`);
    const before = this.last;
    if (before === null || sequence > before.sequence) {
      if (before !== null) this.compare(before, record, found);
      this.first ??= { sequence, hash };
      this.last = { sequence, hash };
    } else if (sequence === before.sequence) {
      found('repeated', `record ${sequence} is there more than once`);
    } else {
      found('out-of-order', `record ${sequence} comes after record ${before.sequence}`);
    }
    return faults;
  }

  private compare(
    before: ChainPoint,
    { sequence, previousHash }: AuditRecord,
    found: (kind: ChainFault['kind'], detail: string) => void,
  ): void {
    const missing = sequence - before.sequence - 1;
    if (missing > 0) {
      const which =
        missing === 1 ? `${before.sequence + 1} is` : `${before.sequence + 1} to ${sequence - 1} are`;
      found('gap', `before record ${sequence}, ${which} missing`);
    } else if (previousHash !== before.hash) {
      found('unlinked', `it was linked to another record ${before.sequence} than there is now`);
    }
  }
}
