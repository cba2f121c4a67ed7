import type { KeySelector } from '../keyspace/key-selector';
import { NearEntries } from './near-entries';

const KEY = 'game:acme/slots:1.0.0:paytable';
const entry = { value: 'x', tags: ['game.acme.slots'], expiresAtMs: 1_000 };

function filled(): NearEntries {
  const entries = new NearEntries(10);
  entries.set(KEY, entry, entries.epoch);
  return entries;
}

describe('entries in the process', () => {
  it('are there until they expire', () => {
    expect(filled().get(KEY, 999)).toEqual(entry);
    expect(filled().get(KEY, 1_000)).toBeUndefined();
  });

  it.each<[KeySelector]>([
    [{ kind: 'keys', keys: [KEY] }],
    [{ kind: 'prefix', prefix: 'game:acme/slots:' }],
    [{ kind: 'pattern', pattern: 'game:acme/*:paytable' }],
    [{ kind: 'tags', tags: ['other', 'game.acme.slots'] }],
    [{ kind: 'generation', space: 'game:acme/slots:1.0.0:' }],
    [{ kind: 'everything' }],
  ])('are dropped by %j', (selector) => {
    const entries = filled();
    entries.onNotice(selector);
    expect(entries.get(KEY, 0)).toBeUndefined();
  });

  it.each<[KeySelector]>([
    [{ kind: 'keys', keys: ['another'] }],
    [{ kind: 'prefix', prefix: 'game:acme/slots-deluxe:' }],
    [{ kind: 'pattern', pattern: 'game:*:launch' }],
    [{ kind: 'tags', tags: ['game.acme.wheel'] }],
    [{ kind: 'generation', space: 'game:acme/slots:1.0.0-rc.1:' }],
  ])('stay where it is about others: %j', (selector) => {
    const entries = filled();
    entries.onNotice(selector);
    expect(entries.get(KEY, 0)).toEqual(entry);
  });

  it('are not taken from before a notice', () => {
    const entries = new NearEntries(10);
    const { epoch } = entries;
    entries.onNotice({ kind: 'everything' });
    entries.set(KEY, entry, epoch);
    expect(entries.get(KEY, 0)).toBeUndefined();
  });

  it('are all dropped when notices may have been lost', () => {
    const entries = filled();
    entries.onGap();
    expect(entries.get(KEY, 0)).toBeUndefined();
  });

  it('are never more than allowed, the oldest out first', () => {
    const entries = new NearEntries(2);
    for (const key of ['a', 'b', 'c']) entries.set(key, entry, entries.epoch);
    expect(['a', 'b', 'c'].filter((key) => entries.get(key, 0))).toEqual(['b', 'c']);
  });
});
