import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { SecretBox } from './secret-box';

const box = new SecretBox(randomBytes(32).toString('base64'));

describe('the secret box', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plain, context) => {
        expect(box.open(box.seal(Buffer.from(plain), context), context)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('never seals the same secret to the same bytes', () => {
    const plain = Buffer.from('secret');
    expect(box.seal(plain, 'acme')).not.toEqual(box.seal(plain, 'acme'));
  });

  it('refuses another context and any changed bit', () => {
    const sealed = box.seal(Buffer.from('secret'), 'acme');
    expect(() => box.open(sealed, 'other')).toThrow();
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(changed, 'acme')).toThrow();
    }
  });

  it('needs a key of 32 bytes', () => {
    expect(() => new SecretBox(randomBytes(16).toString('base64'))).toThrow(RangeError);
  });
});
