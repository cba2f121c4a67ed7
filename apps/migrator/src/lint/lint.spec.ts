import { readScripts } from '../engine/migration';
import { lintMigrations } from './lint';

describe('the lint of migrations', () => {
  it('has nothing against tables, nullable columns, defaults and concurrent indexes', async () => {
    expect(
      await rulesFor({
        'V1__new.sql': `CREATE TABLE wins (id bigint PRIMARY KEY, at timestamptz NOT NULL);
          CREATE INDEX wins_at ON wins (at);
          ALTER TABLE wins ADD COLUMN amount numeric NOT NULL;`,
        'V2__nullable.sql': 'ALTER TABLE rounds ADD COLUMN note text',
        'V3__default.sql': 'ALTER TABLE rounds ADD COLUMN at timestamptz NOT NULL DEFAULT now()',
        'V4__check.sql': 'ALTER TABLE rounds ADD CONSTRAINT positive CHECK (win >= 0) NOT VALID',
      }),
    ).toEqual([]);
  });

  it.each([
    ['index-blocks-writes', 'CREATE INDEX rounds_at ON rounds (at)'],
    ['index-drop-blocks', 'DROP INDEX rounds_at'],
    ['not-null-without-default', 'ALTER TABLE rounds ADD COLUMN win int NOT NULL'],
    ['default-rewrites', 'ALTER TABLE rounds ADD COLUMN id2 uuid DEFAULT gen_random_uuid()'],
    [
      'default-rewrites',
      `ALTER TABLE rounds ADD COLUMN t timestamptz DEFAULT now() + random() * interval '1 h'`,
    ],
    ['default-rewrites', 'ALTER TABLE rounds ADD COLUMN n bigserial'],
    ['set-not-null-scans', 'ALTER TABLE rounds ALTER win SET NOT NULL'],
    ['type-change-rewrites', 'ALTER TABLE rounds ALTER win TYPE bigint'],
    ['constraint-scans', 'ALTER TABLE rounds ADD FOREIGN KEY (player) REFERENCES players (id)'],
    ['key-blocks-writes', 'ALTER TABLE rounds ADD UNIQUE (player)'],
    ['whole-table-change', 'UPDATE rounds SET win = 0'],
    ['heavy-lock', 'LOCK TABLE rounds'],
    ['heavy-lock', 'VACUUM FULL rounds'],
    ['not-transactional', 'CREATE INDEX CONCURRENTLY rounds_at ON rounds (at)'],
  ])('finds %s in %s', async (rule, sql) => {
    expect(await rulesFor({ 'V1__it.sql': sql })).toContain(rule);
  });

  it('finds what both adds and takes away', async () => {
    const findings = await lint({
      'V1__mixed.sql': 'ALTER TABLE rounds ADD COLUMN prize int; ALTER TABLE rounds DROP COLUMN win;',
    });

    expect(findings).toMatchObject([{ rule: 'mixed-phases', severity: 'error', line: null }]);
  });

  it('misses an undo of what is added, and none of what is taken away', async () => {
    const lonely = readScripts([
      { path: 'V1__add.sql', sql: 'CREATE TABLE wins ()' },
      { path: 'V2__drop.sql', sql: 'DROP TABLE wins' },
    ]);

    const findings = await lintMigrations(lonely.kind === 'read' ? lonely.migrations : []);

    expect(findings).toMatchObject([{ rule: 'missing-undo', script: 'V1__add.sql' }]);
  });

  it('names the line, counted in characters that take several bytes, too', async () => {
    const findings = await lint({
      'V1__line.sql': `-- Gewöhnliche Spiele: größer, schöner
        CREATE TABLE größer (id int);
        /* and then */
        DROP INDEX rounds_at;`,
    });

    expect(findings).toMatchObject([{ rule: 'index-drop-blocks', line: 4 }]);
  });

  it('refuses what is no SQL, and names the line', async () => {
    await expect(lint({ 'V1__typo.sql': 'CREATE TABLE a ();\nCREATE TABEL b ();' })).rejects.toThrow(
      'V1__typo.sql line 2: syntax error at or near "TABEL"',
    );
  });
});

async function rulesFor(scripts: Readonly<Record<string, string>>): Promise<string[]> {
  return (await lint(scripts)).map(({ rule }) => rule);
}

function lint(scripts: Readonly<Record<string, string>>): ReturnType<typeof lintMigrations> {
  const files = Object.entries(scripts).flatMap(([path, sql]) => [
    { path, sql },
    { path: path.replace(/^V/, 'U'), sql: 'SELECT 1' },
  ]);
  const set = readScripts(files);
  if (set.kind === 'refused') throw new Error(set.detail);
  return lintMigrations(set.migrations);
}
