import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { MessageAuthentication } from './message-authentication';

const ascii = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: 'binary-ascii', maxLength });

describe('the code of a message', () => {
  it("is Node's HMAC-SHA256, for keys and texts of any length", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.array(ascii(300)), (secret, messages) => {
        const authentication = new MessageAuthentication(secret, 300);
        for (const message of messages)
          expect(authentication.codeOf(message)).toBe(
            createHmac('sha256', secret).update(message).digest('base64url'),
          );
      }),
    );
  });

  it('is not made of a text that is too long', () => {
    expect(() => new MessageAuthentication('secret', 3).codeOf('four')).toThrow('3 bytes');
  });
});
