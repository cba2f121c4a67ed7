import * as fc from 'fast-check';
import { z } from 'zod';
import { pageOf, PageQuery, positionOf } from './page';

const NUMBERS = Array.from({ length: 10 }, (_, index) => index);

/** A list as a service answers it. */
function get(url: string): ReturnType<typeof pageOf<number>> {
  const { cursor, limit } = PageQuery.parse(Object.fromEntries(new URL(url, 'http://service').searchParams));
  const after = positionOf(cursor, z.int()) ?? -1;
  const rows = NUMBERS.filter((number) => number > after).slice(0, limit + 1);
  return pageOf(rows, { limit, url, positionOfRow: (number) => number });
}

describe('pages', () => {
  it('follow each other to the end, and miss and repeat nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (limit) => {
        const seen: number[] = [];
        for (let url: string | null = `/v1/numbers?limit=${limit}`; url !== null;) {
          const { items, next } = get(url);
          expect(items.length).toBeLessThanOrEqual(limit);
          seen.push(...items);
          url = next;
        }
        expect(seen).toEqual(NUMBERS);
      }),
    );
  });

  it('keep the other parameters of the request', () => {
    const { next } = get('/v1/numbers?limit=2&market=MT');
    expect(next).toMatch(/^\/v1\/numbers\?limit=2&market=MT&cursor=[\w-]+$/);
  });

  it('have no next one after the last, also when it is full', () => {
    expect(get('/v1/numbers?limit=10').next).toBeNull();
    expect(pageOf([], { limit: 5, url: '/v1/numbers', positionOfRow: () => 0 })).toEqual({
      items: [],
      next: null,
    });
  });

  it.each([
    ['nonsense'],
    [Buffer.from('"x"').toString('base64url')],
    [Buffer.from('{').toString('base64url')],
  ])('are refused for a cursor that is none of ours: %s', (cursor) => {
    expect(() => positionOf(cursor, z.int())).toThrow('cursor: is not the cursor of a page of this list');
  });
});
