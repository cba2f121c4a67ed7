import fc from 'fast-check';
import { GENESIS_HASH, chainHash, firstBreak, type ChainedEntry } from './hash-chain';

function chain(data: unknown[]) {
  let previousHash = GENESIS_HASH;
  return data.map((datum, index) => {
    const entry: ChainedEntry = {
      releaseId: 'r1',
      sequence: index + 1,
      type: 'rollout.step',
      at: 1000 + index,
      actor: 'deployer',
      summary: 'weight set',
      data: datum,
    };
    const linked = { ...entry, previousHash, hash: chainHash(previousHash, entry) };
    previousHash = linked.hash;
    return linked;
  });
}

describe('the timeline hash chain', () => {
  it('verifies what was appended, whatever the order of keys', () => {
    const entries = chain([{ a: 1, b: { c: [2, null] } }, { d: 'x' }]);
    const reordered = entries.map((entry) => ({
      ...entry,
      data: JSON.parse(JSON.stringify(entry.data)) as unknown,
    }));
    reordered[0]!.data = { b: { c: [2, null] }, a: 1 };
    expect(firstBreak(reordered)).toBeNull();
  });

  it('names the entry that was edited', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 8 }), fc.nat(), (data, pick) => {
        const entries = chain(data);
        const index = pick % entries.length;
        entries[index] = { ...entries[index]!, summary: 'another story' };
        expect(firstBreak(entries)).toBe(index + 1);
      }),
    );
  });

  it('notices a gap', () => {
    const entries = chain([1, 2, 3]);
    expect(firstBreak([entries[0]!, entries[2]!])).toBe(3);
  });
});
