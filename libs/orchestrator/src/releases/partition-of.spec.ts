import * as fc from 'fast-check';
import { PARTITIONS, partitionOf } from './partition-of';

const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);

describe('the partition of a subject', () => {
  it('is one of those there are', () => {
    fc.assert(
      fc.property(slug, slug, (provider, game) => {
        const partition = partitionOf(provider, game);
        expect(Number.isInteger(partition) && partition >= 0 && partition < PARTITIONS).toBe(true);
      }),
    );
  });

  // Stored with each release: another function would tear the releases of a subject apart.
  it.each([
    ['acme', 'gold-rush', 23],
    ['acme', 'wallet', 21],
    ['zeta', 'book-of-the-deep', 12],
  ])('of %s/%s never changes', (provider, game, partition) => {
    expect(partitionOf(provider, game)).toBe(partition);
  });

  it('differs between games that differ in their last character alone', () => {
    expect(partitionOf('acme', 'game-1')).not.toBe(partitionOf('acme', 'game-2'));
  });

  it('spreads the games of one provider, so that no partition has twice its share', () => {
    const share = 1_000;
    const sizes = new Array<number>(PARTITIONS).fill(0);
    for (let game = 0; game < PARTITIONS * share; game += 1) sizes[partitionOf('acme', `game-${game}`)]! += 1;
    expect(Math.min(...sizes)).toBeGreaterThan(share / 2);
    expect(Math.max(...sizes)).toBeLessThan(share * 2);
  });
});
