import { readScripts, type ScriptSet } from './migration';

describe('reading the scripts of a release', () => {
  it('orders them by version, not by name', () => {
    expect(versionsOf(read('V1.10__b.sql', 'V1.9__a.sql', 'V2__c.sql'))).toEqual(['1.9', '1.10', '2']);
  });

  it('pairs each migration with the script that undoes it', () => {
    const set = read('m/V1.1.0__add.sql', 'm/U1_1__take_away.sql', 'm/V1.2.0__more.sql');
    expect(set).toMatchObject({
      migrations: [
        { script: 'V1.1.0__add.sql', undo: { script: 'U1_1__take_away.sql' } },
        { script: 'V1.2.0__more.sql', undo: null },
      ],
    });
  });

  it('takes the newest baseline, and what can be repeated in the order of what it does', () => {
    expect(read('B1__a.sql', 'B2__b.sql', 'R__views.sql', 'R__functions.sql', 'V3__c.sql')).toMatchObject({
      migrations: [{ version: '3' }],
      baseline: { script: 'B2__b.sql' },
      repeatables: [{ script: 'R__functions.sql' }, { script: 'R__views.sql' }],
    });
  });

  it('refuses a name that tells no version, and names the file', () => {
    expect(read('migrations/setup.sql')).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('migrations/setup.sql'),
    });
  });

  it('refuses two scripts of one version, however it is spelled', () => {
    expect(read('V1.0__a.sql', 'V1__b.sql')).toMatchObject({
      kind: 'refused',
      detail: 'V1.0__a.sql and V1__b.sql have the same version',
    });
  });
});

function read(...paths: string[]): ScriptSet {
  return readScripts(paths.map((path) => ({ path, sql: `-- ${path}` })));
}

function versionsOf(set: ScriptSet): string[] {
  return set.kind === 'read' ? set.migrations.map(({ version }) => version) : [];
}
