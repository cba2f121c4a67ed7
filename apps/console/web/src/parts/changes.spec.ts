import { changesBetween, valueText } from './changes';

describe('what changes', () => {
  it('is told field by field, and only what differs', () => {
    const before = {
      enabled: false,
      strategies: [{ name: 'flexible', parameters: { rollout: 10 } }],
      type: 'x',
    };
    const after = {
      enabled: true,
      strategies: [{ name: 'flexible', parameters: { rollout: 25 } }, 7],
      type: 'x',
    };
    expect(changesBetween(before, after)).toEqual([
      { field: 'enabled', before: false, after: true },
      { field: 'strategies[0].parameters.rollout', before: 10, after: 25 },
      { field: 'strategies[1]', before: undefined, after: 7 },
    ]);
  });

  it('is every field of a document that is new, or gone', () => {
    expect(changesBetween(null, { a: 1, b: { c: [] } })).toEqual([
      { field: 'a', before: undefined, after: 1 },
      { field: 'b.c', before: undefined, after: [] },
    ]);
    expect(changesBetween({ a: 1 }, null)).toEqual([{ field: 'a', before: 1, after: undefined }]);
  });

  it('is the whole where a text becomes an object, and nothing where nothing is another', () => {
    expect(changesBetween({ a: 'x' }, { a: { b: 1 } })).toEqual([
      { field: 'a', before: 'x', after: undefined },
      { field: 'a.b', before: undefined, after: 1 },
    ]);
    expect(changesBetween({ a: [{}, null] }, { a: [{}, null] })).toEqual([]);
  });

  it('has values in one line', () => {
    expect([undefined, null, '', 'on', 0, { a: [1] }].map(valueText)).toEqual([
      ...['–', '–', '(empty)', 'on', '0', '{"a":[1]}'],
    ]);
  });
});
