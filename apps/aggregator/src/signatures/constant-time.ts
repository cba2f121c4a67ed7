import { createHash, timingSafeEqual } from 'node:crypto';

/** For signatures, whose length is no secret. */
export function sameSignature(presented: string, expected: string): boolean {
  const [one, another] = [Buffer.from(presented), Buffer.from(expected)];
  return one.length === another.length && timingSafeEqual(one, another);
}

/** For passwords and tokens: of equal lengths once hashed, so the length shows no more than the content does. */
export function sameSecret(presented: Buffer, expected: Buffer): boolean {
  return timingSafeEqual(sha256(presented), sha256(expected));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
