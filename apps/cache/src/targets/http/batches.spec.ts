import fc from 'fast-check';
import { batchEnd, inBatches } from './batches';

const run = (startAt: number) => ({
  id: 'job-1',
  signal: new AbortController().signal,
  startAt,
  onProgress: () => undefined,
});

describe('batches', () => {
  it('stay within both limits, and lose nothing', () => {
    const items = fc.array(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), { maxLength: 100 });
    fc.assert(
      fc.property(
        items,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 200, max: 500 }),
        (all, most, bytes) => {
          const seen: string[] = [];
          for (let at = 0; at < all.length;) {
            const end = batchEnd(all, at, { items: most, bytes });
            const batch = all.slice(at, end);
            expect(batch.length).toBeLessThanOrEqual(most);
            expect(batch.length).toBeGreaterThan(0);
            if (batch.length > 1) expect(Buffer.byteLength(batch.join(','))).toBeLessThanOrEqual(bytes);
            seen.push(...batch);
            at = end;
          }
          expect(seen).toEqual(all);
        },
      ),
    );
  });

  it('go on where an earlier attempt was broken off, under names that stay', async () => {
    const items = Array.from({ length: 7 }, (_, index) => String(index));
    const names: string[] = [];
    const failing = inBatches(items, { items: 3 }, run(0), async (_, name) => {
      names.push(name);
      if (names.length === 2) throw new Error('broken off');
      return 3;
    });
    await expect(failing).rejects.toThrow('broken off');
    expect(
      await inBatches(items, { items: 3 }, run(3), async (batch, name) => (names.push(name), batch.length)),
    ).toBe(4);
    expect(names).toEqual(['job-1-0', 'job-1-3', 'job-1-3', 'job-1-6']);
  });
});
