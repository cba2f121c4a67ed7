import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { hmacSha256 } from './hmac-sha256';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

describe('the HMAC-SHA256 of two parts', () => {
  it("is Node's, for keys and messages of any length", () => {
    const lengths = fc.constantFrom(0, 1, 4_000, 4_096, 4_097, 300_000);
    fc.assert(
      fc.property(
        bytes(100),
        fc.string({ unit: 'binary-ascii', maxLength: 250 }),
        fc.oneof(
          bytes(300),
          lengths.map((length) => Buffer.alloc(length, 'x')),
        ),
        (key, before, body) => {
          expect(hmacSha256(key, before, body)).toBe(
            createHmac('sha256', key).update(before).update(body).digest('base64'),
          );
        },
      ),
    );
  });
});
