import { timingSafeEqual } from 'node:crypto';

/** Compares ASCII texts in a time that does not tell where they differ. */
export function sameText(expected: string, presented: string): boolean {
  const one = Buffer.from(expected, 'latin1');
  const other = Buffer.from(presented, 'latin1');
  return one.length === other.length && timingSafeEqual(one, other);
}
