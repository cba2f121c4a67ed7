import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import * as contracts from '../index';
import { breaksBetween } from './breaks';
import { serialize, snapshotOf, type ContractSnapshot } from './contract-snapshot';

const RELEASES = join(__dirname, '..', '..', 'compatibility');
const current = snapshotOf(contracts.EVENTS, contracts);

const snapshotIn = (file: string): ContractSnapshot =>
  JSON.parse(readFileSync(join(RELEASES, file), 'utf8')) as ContractSnapshot;

const latest = (): string =>
  readdirSync(RELEASES)
    .filter((file) => /^\d.*\.json$/.test(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)!;

describe('the contracts', () => {
  it('are understood by replicas of the release before, and understand those', () => {
    const meant = JSON.parse(readFileSync(join(RELEASES, 'meant.json'), 'utf8')) as Record<string, string>;
    expect(breaksBetween(snapshotIn(latest()), current).sort()).toEqual(Object.keys(meant).sort());
  });

  it('have every event and the documents of REST in their snapshot', () => {
    expect(Object.keys(current)).toEqual(expect.arrayContaining(Object.keys(contracts.EVENTS)));
    expect(current['ReleaseOrder']?.role).toBe('request');
    expect(current['ReleaseView']?.role).toBe('answer');
    expect(current['RoutingUpdate']?.role).toBe('exchange');
    expect(JSON.parse(serialize(current))).toEqual(current);
  });
});

describe('breaks between two releases', () => {
  const Before = z.object({ game: z.string(), state: z.enum(['on', 'off']), note: z.string().optional() });
  const breaks = (after: z.ZodType, name: string): string[] =>
    name === 'event'
      ? breaksBetween(snapshotOf({ event: Before }, {}), snapshotOf({ event: after }, {}))
      : breaksBetween(snapshotOf({}, { [name]: Before }), snapshotOf({}, { [name]: after }));

  const added = Before.extend({ by: z.string() });
  const addedOptional = Before.extend({ by: z.string().optional() });
  const addedDefault = Before.extend({ by: z.string().default('nobody') });
  const removed = Before.omit({ game: true });
  const valueAdded = Before.extend({ state: z.enum(['on', 'off', 'asleep']) });
  const valueRemoved = Before.extend({ state: z.enum(['on']) });
  const optional = Before.partial({ game: true });
  const strict = z.strictObject({ game: z.string(), state: z.enum(['on', 'off']) });

  it.each<[string, z.ZodType, { event: boolean; Order: boolean; View: boolean }]>([
    ['nothing changed', Before, { event: true, Order: true, View: true }],
    ['a field that is needed is added', added, { event: false, Order: false, View: true }],
    ['a field that may be left out is added', addedOptional, { event: true, Order: true, View: true }],
    ['a field with a default is added', addedDefault, { event: true, Order: true, View: true }],
    ['a field may be left out, and will be later', optional, { event: true, Order: true, View: true }],
    ['a field is removed', removed, { event: false, Order: true, View: false }],
    ['a value is added, to be written later', valueAdded, { event: true, Order: true, View: true }],
    ['a value is removed', valueRemoved, { event: false, Order: false, View: true }],
    ['fields that are not known are refused', strict, { event: false, Order: false, View: true }],
  ])('when %s', (_name, after, fits) => {
    for (const [name, expected] of Object.entries(fits))
      expect([name, breaks(after, name).length === 0]).toEqual([name, expected]);
  });

  it('tell of the contract, the direction and the place', () => {
    expect(breaks(removed, 'event')).toEqual([
      'event: to the release before, data.game: the reader needs it, and it may not be there',
    ]);
    expect(breaksBetween(snapshotOf({ event: Before }, {}), {})).toEqual([
      'event: is gone; the release before still uses it',
    ]);
  });
});
