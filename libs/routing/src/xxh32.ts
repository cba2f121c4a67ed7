/**
 * XXH32 of a string's UTF-8 bytes, as an unsigned 32-bit number.
 * https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md#xxh32-algorithm-description
 * HAProxy's `xxh32(seed)` converter computes the same, so that either may deal a player.
 */
export function xxh32(text: string, seed: number): number {
  return signedXxh32(text, seed) >>> 0;
}

/** The same 32 bits as a signed number, which V8 holds without allocating where the unsigned one may need the heap. */
export function signedXxh32(text: string, seed: number): number {
  const length = encode(text);
  let position = 0;
  let hash: number;

  if (length >= 16) {
    let lane1 = (seed + PRIME_1 + PRIME_2) | 0;
    let lane2 = (seed + PRIME_2) | 0;
    let lane3 = seed | 0;
    let lane4 = (seed - PRIME_1) | 0;
    for (; position <= length - 16; position += 16) {
      lane1 = round(lane1, wordAt(position));
      lane2 = round(lane2, wordAt(position + 4));
      lane3 = round(lane3, wordAt(position + 8));
      lane4 = round(lane4, wordAt(position + 12));
    }
    hash = (rotateLeft(lane1, 1) + rotateLeft(lane2, 7) + rotateLeft(lane3, 12) + rotateLeft(lane4, 18)) | 0;
  } else {
    hash = (seed + PRIME_5) | 0;
  }

  hash = (hash + length) | 0;
  for (; position <= length - 4; position += 4)
    hash = imul(rotateLeft((hash + imul(wordAt(position), PRIME_3)) | 0, 17), PRIME_4);
  for (; position < length; position += 1)
    hash = imul(rotateLeft((hash + imul(byteAt(position), PRIME_5)) | 0, 11), PRIME_1);

  hash = imul(hash ^ (hash >>> 15), PRIME_2);
  hash = imul(hash ^ (hash >>> 13), PRIME_3);
  return hash ^ (hash >>> 16);
}

const { imul } = Math;

const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/** Holds the bytes of the string being hashed; grows only for a string longer than any before. */
let scratch = Buffer.allocUnsafeSlow(1024);

/** Writes the UTF-8 bytes of `text` into the scratch buffer and returns how many. ASCII allocates nothing. */
function encode(text: string): number {
  const { length } = text;
  // A UTF-16 code unit takes at most 3 bytes of UTF-8.
  if (length * 3 > scratch.length) scratch = Buffer.allocUnsafeSlow(length * 3);
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return scratch.write(text, 'utf8');
    scratch[index] = code;
  }
  return length;
}

function byteAt(position: number): number {
  return scratch[position] as number;
}

/** Little-endian. */
function wordAt(position: number): number {
  return (
    byteAt(position) |
    (byteAt(position + 1) << 8) |
    (byteAt(position + 2) << 16) |
    (byteAt(position + 3) << 24)
  );
}

function round(lane: number, word: number): number {
  return imul(rotateLeft((lane + imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
