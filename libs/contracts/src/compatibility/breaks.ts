import type { ContractShape, ContractSnapshot } from './contract-snapshot';
import { misreadings, STRICT, type Tolerance } from './misreadings';

/**
 * A reader of the release before: zod strips the fields that it does not know. New values are written, and fields left
 * out, one release later than that is declared (docs/upgrades.md).
 */
const BEFORE: Tolerance = { unknownFields: true, declaredAhead: true };

/**
 * What keeps two releases from running side by side.
 * @param before the release that is running
 * @param after the one that replaces it
 * @returns a line for each contract and place, empty when replicas of both understand each other
 */
export function breaksBetween(before: ContractSnapshot, after: ContractSnapshot): string[] {
  return Object.entries(before).flatMap(([name, old]) => {
    const current = after[name];
    if (!current) return [`${name}: is gone; the release before still uses it`];
    return breaksOf(old, current).map((problem) => `${name}: ${problem}`);
  });
}

function breaksOf(before: ContractShape, after: ContractShape): string[] {
  const ofWriterBefore = (written: ContractShape['read']): string[] =>
    misreadings(after.read, written, STRICT).map((problem) => `from the release before, ${problem}`);
  const ofReaderBefore = (): string[] =>
    misreadings(before.written, after.written, BEFORE).map((problem) => `to the release before, ${problem}`);
  switch (before.role) {
    case 'request':
      return ofWriterBefore(before.read);
    case 'answer':
      return ofReaderBefore();
    case 'event':
    case 'exchange':
      return [...ofWriterBefore(before.written), ...ofReaderBefore()];
  }
}
