import { createHash, createHmac, hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Copying a longer message costs what it saves. */
const SHORT_BYTES = 4_096;
const NOTHING = Buffer.alloc(0);

/**
 * HMAC-SHA256 (RFC 2104) by one key. That of a short message is two one-shot hashes: `createHmac` makes an object for
 * every message, which takes two to four times as long and gives the garbage collector work.
 */
export class HmacSha256 {
  /** What is hashed first and last: written and read within one call. */
  private readonly inner: Buffer;
  private readonly outer: Buffer;

  constructor(private readonly key: Buffer) {
    const blockKey = key.length > BLOCK_BYTES ? createHash('sha256').update(key).digest() : key;
    this.inner = padded(blockKey, INNER_PAD, SHORT_BYTES);
    this.outer = padded(blockKey, OUTER_PAD, DIGEST_BYTES);
  }

  /**
   * @param ascii the message, or what it begins with
   * @param bytes that follow
   */
  codeOf(encoding: 'base64' | 'base64url', ascii: string, bytes: Buffer = NOTHING): string {
    const length = ascii.length + bytes.length;
    if (length > SHORT_BYTES)
      return createHmac('sha256', this.key).update(ascii, 'latin1').update(bytes).digest(encoding);
    this.inner.write(ascii, BLOCK_BYTES, 'latin1');
    bytes.copy(this.inner, BLOCK_BYTES + ascii.length);
    const innerHash = hash('sha256', this.inner.subarray(0, BLOCK_BYTES + length), 'binary');
    this.outer.write(innerHash, BLOCK_BYTES, 'latin1');
    return hash('sha256', this.outer, encoding);
  }
}

function padded(key: Buffer, pad: number, roomBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES + roomBytes);
  for (let index = 0; index < BLOCK_BYTES; index += 1) block[index] = (key[index] ?? 0) ^ pad;
  return block;
}
