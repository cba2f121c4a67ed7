import { readChangelogs, type ChangelogReading } from './changelog';

const HEAD = '--liquibase formatted sql\n\n';

describe('reading Liquibase’s formatted SQL', () => {
  it('takes the changesets in the order of the paths, each with its text', () => {
    const read = readChangelogs([
      { path: 'm/2.sql', sql: `${HEAD}--changeset eve:third\nSELECT 3;\n` },
      {
        path: 'm/1.sql',
        sql: `${HEAD}--changeset eve:first labels:a,b\n--comment: the first\nSELECT 1;\n--rollback SELECT -1;\n\n--changeset "eve adams":second\nSELECT 2;\n`,
      },
    ]);

    expect(read).toMatchObject({
      kind: 'read',
      changesets: [
        {
          kind: 'changeset',
          version: 'first',
          description: 'the first',
          script: 'm/1.sql::first::eve',
          sql: '--changeset eve:first labels:a,b\n--comment: the first\nSELECT 1;\n--rollback SELECT -1;\n',
          undo: { script: 'm/1.sql::first::eve' },
        },
        { version: 'second', description: 'second', script: 'm/1.sql::second::eve adams', undo: null },
        { version: 'third' },
      ],
    });
  });

  it('knows a way back in a comment of several lines', () => {
    const sql = `${HEAD}--changeset eve:one\nSELECT 1;\n/* liquibase rollback\nSELECT -1;\n*/\n`;
    expect(readChangelogs([{ path: 'a.sql', sql }])).toMatchObject({
      changesets: [{ undo: { script: 'a.sql::one::eve' } }],
    });
  });

  it.each([
    ['no changelog', 'SELECT 1;', /^a\.sql does not begin with --liquibase formatted sql/],
    [
      'SQL of no changeset',
      `${HEAD}SELECT 1;`,
      /nothing but changesets may follow the first line, not SELECT 1;/,
    ],
    [
      'what runs again and again',
      `${HEAD}--changeset eve:one runAlways:true\nSELECT 1;`,
      /eve:one has runAlways, and only/,
    ],
    [
      'what asks the database first',
      `${HEAD}--changeset eve:one\n--preconditions onFail:HALT\nSELECT 1;`,
      /eve:one has preconditions/,
    ],
    [
      'one name twice',
      `${HEAD}--changeset eve:one\nSELECT 1;\n--changeset eve:one\nSELECT 2;`,
      /a\.sql::one::eve is there twice/,
    ],
  ])('refuses %s', (_, sql, detail) => {
    const read: ChangelogReading = readChangelogs([{ path: 'a.sql', sql }]);
    expect(read).toMatchObject({ kind: 'refused', detail: expect.stringMatching(detail) });
  });
});
