import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { HmacSha256 } from './hmac-sha256';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 250 });

describe('HMAC-SHA256', () => {
  it("is Node's, for keys and messages of any length, one after the other", () => {
    const lengths = fc.constantFrom(0, 1, 4_000, 4_096, 4_097, 300_000);
    const rest = fc.oneof(
      bytes(300),
      lengths.map((length) => Buffer.alloc(length, 'x')),
    );
    fc.assert(
      fc.property(
        bytes(100),
        fc.array(fc.tuple(ascii, rest), { minLength: 1, maxLength: 4 }),
        (key, messages) => {
          const hmac = new HmacSha256(key);
          for (const [text, body] of messages)
            expect(hmac.codeOf('base64', text, body)).toBe(
              createHmac('sha256', key).update(text).update(body).digest('base64'),
            );
        },
      ),
    );
  });

  it('is that of the text alone where nothing follows', () => {
    fc.assert(
      fc.property(bytes(100), ascii, (key, text) => {
        expect(new HmacSha256(key).codeOf('base64url', text)).toBe(
          createHmac('sha256', key).update(text).digest('base64url'),
        );
      }),
    );
  });
});
