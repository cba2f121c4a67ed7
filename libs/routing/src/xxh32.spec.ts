import fc from 'fast-check';
import { xxh32 } from './xxh32';

/** From libxxhash 0.8.1, `XXH32(text, length, seed)`. */
const VECTORS: readonly [text: string, bySeed: Record<number, number>][] = [
  ['', { 0: 0x02cc5d05, 1: 0x0b2cb792, 0x9e3779b1: 0x36b78ae7, 0xffffffff: 0x9061da9d }],
  ['a', { 0: 0x550d7456, 1: 0xf514706f, 0x9e3779b1: 0x9e1633e4, 0xffffffff: 0xcd42752d }],
  ['abc', { 0: 0x32d153ff, 1: 0xaa3da8ff, 0x9e3779b1: 0xa1ae7709, 0xffffffff: 0xb22b1420 }],
  ['abcd', { 0: 0xa3643705, 1: 0xbe6e299f, 0x9e3779b1: 0x0a7e979c, 0xffffffff: 0x22090ef9 }],
  ['abcdefghijklmno', { 0: 0xb918a375, 1: 0xd34ce54a, 0x9e3779b1: 0xc8637718, 0xffffffff: 0x023e0d43 }],
  ['abcdefghijklmnop', { 0: 0x9d2d8b62, 1: 0x7cfb9556, 0x9e3779b1: 0x3fab7bd8, 0xffffffff: 0x1a80af66 }],
  ['abcdefghijklmnopq', { 0: 0xb3b873e1, 1: 0x9e2a8efa, 0x9e3779b1: 0x88cdbd6d, 0xffffffff: 0xd4311b7e }],
  [
    'Nobody inspects the spammish repetition',
    { 0: 0xe2293b2f, 1: 0x534469ea, 0x9e3779b1: 0xc9e89e68, 0xffffffff: 0xe26fe6cd },
  ],
  ['player-000042', { 0: 0x8aa5b955, 1: 0xa25ef551, 0x9e3779b1: 0xd3ac3a3f, 0xffffffff: 0x2779eb94 }],
  ['zażółć gęślą jaźń 🎰', { 0: 0x65df7694, 1: 0xf015aa34, 0x9e3779b1: 0x4946676e, 0xffffffff: 0xf296b8ee }],
  ['é'.repeat(20), { 0: 0x6ce89477, 1: 0xfd4fb8f6, 0x9e3779b1: 0xe471f8f6, 0xffffffff: 0x750d1a4b }],
  ['x'.repeat(1000), { 0: 0x73bcd817, 1: 0xe5a2afc8, 0x9e3779b1: 0x9e644e96, 0xffffffff: 0xdd3d41ae }],
];

/** Lone surrogates included: they have no UTF-8, and are hashed as U+FFFD. */
const anyText = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('xxh32', () => {
  const cases = VECTORS.flatMap(([text, bySeed]) =>
    Object.entries(bySeed).map(([seed, hash]) => ({ text, seed: Number(seed), hash })),
  );

  it.each(cases)('agrees with libxxhash on "$text" with seed $seed', ({ text, seed, hash }) => {
    expect(xxh32(text, seed)).toBe(hash);
  });

  it('gives an unsigned 32-bit number for any string and seed, the same each time', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 0xffffffff }), (text, seed) => {
        const hash = xxh32(text, seed);
        expect(Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff).toBe(true);
        xxh32('another string in between', 7);
        expect(xxh32(text, seed)).toBe(hash);
      }),
    );
  });

  it('hashes the bytes that a UTF-8 encoder gives', () => {
    expect(xxh32('\ud800', 5)).toBe(xxh32('\ufffd', 5));
  });

  it('hashes a string longer than its buffer', () => {
    const long = 'player '.repeat(10_000);
    expect(xxh32(long, 3)).toBe(xxh32(long, 3));
    expect(xxh32(long, 3)).not.toBe(xxh32(`${long}x`, 3));
  });
});
