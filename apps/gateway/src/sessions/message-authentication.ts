import { createHash, hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * HMAC-SHA256 (RFC 2104) of short ASCII texts, by two one-shot hashes: `createHmac` makes an object for every message
 * and takes four times as long.
 */
export class MessageAuthentication {
  private readonly inner: Buffer;
  private readonly outer: Buffer;
  /** A view of `inner` for each length of a message, made when it is first needed. */
  private readonly inputs: Buffer[] = [];

  constructor(
    secret: string,
    private readonly longestBytes: number,
  ) {
    const bytes = Buffer.from(secret, 'utf8');
    const key = bytes.length > BLOCK_BYTES ? createHash('sha256').update(bytes).digest() : bytes;
    const padded = (pad: number, length: number): Buffer => {
      const block = Buffer.alloc(BLOCK_BYTES + length);
      for (let index = 0; index < BLOCK_BYTES; index += 1) block[index] = (key[index] ?? 0) ^ pad;
      return block;
    };
    this.inner = padded(INNER_PAD, longestBytes);
    this.outer = padded(OUTER_PAD, DIGEST_BYTES);
  }

  /** 43 characters of base64url. @throws RangeError when the text is longer than was said. */
  codeOf(ascii: string): string {
    const { length } = ascii;
    if (length > this.longestBytes) throw new RangeError(`longer than ${this.longestBytes} bytes`);
    this.inner.write(ascii, BLOCK_BYTES, 'latin1');
    const input = (this.inputs[length] ??= this.inner.subarray(0, BLOCK_BYTES + length));
    this.outer.write(hash('sha256', input, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.outer, 'base64url');
  }
}
