import { checkedSchemaName } from './schema-name';

describe('a schema name', () => {
  it.each(['aggregator', 'user', '_x9', 'a'.repeat(63)])('may be %s', (name) => {
    expect(checkedSchemaName(name)).toBe(name);
  });

  it.each(['', '9lives', 'Registry', 'a-b', 'a"; DROP SCHEMA public; --', 'pg_temp', 'a'.repeat(64), 'a\n'])(
    'may not be %j',
    (name) => {
      expect(() => checkedSchemaName(name)).toThrow(/1 to 63 lower-case letters/);
    },
  );
});
