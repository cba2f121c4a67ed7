import { APPLIED, UNDONE, type HistoryRow } from './history';
import { inOrder, readScripts, type Migration } from './migration';
import { pendingOf } from './pending';

describe('the pending migrations of a module', () => {
  const brought = scripts('V1__init.sql', 'V1.1__add.sql', 'V1.2__more.sql');

  it('are all of them on a schema without history', () => {
    expect(namesOf(pendingOf(brought, []))).toEqual(['V1__init.sql', 'V1.1__add.sql', 'V1.2__more.sql']);
  });

  it('are those that have not been applied', () => {
    expect(namesOf(pendingOf(brought, [row(1, '1', APPLIED), row(2, '1.1', APPLIED)]))).toEqual([
      'V1.2__more.sql',
    ]);
  });

  it('are those again that were undone', () => {
    const history = [row(1, '1', APPLIED), row(2, '1.1', APPLIED), row(3, '1.1', UNDONE)];
    expect(namesOf(pendingOf(brought, history))).toEqual(['V1.1__add.sql', 'V1.2__more.sql']);
  });

  it('are not those that were undone and applied once more', () => {
    const history = [row(1, '1', APPLIED), row(2, '1', UNDONE), row(3, '1', APPLIED)];
    expect(namesOf(pendingOf(brought, history))).toEqual(['V1.1__add.sql', 'V1.2__more.sql']);
  });

  it('are not those that a baseline stands for', () => {
    expect(namesOf(pendingOf(brought, [row(1, '1.1', 'SQL_BASELINE')]))).toEqual(['V1.2__more.sql']);
    expect(namesOf(pendingOf(brought, [row(1, '1', 'BASELINE')]))).toEqual([
      'V1.1__add.sql',
      'V1.2__more.sql',
    ]);
  });

  it('begin with the baseline on a schema without history, and leave it out of one that has some', () => {
    const withBaseline = scripts('V1__init.sql', 'V1.1__add.sql', 'B1.1__all.sql', 'V1.2__more.sql');
    expect(namesOf(pendingOf(withBaseline, []))).toEqual(['B1.1__all.sql', 'V1.2__more.sql']);
    expect(namesOf(pendingOf(withBaseline, [row(1, '1', APPLIED)]))).toEqual([
      'V1.1__add.sql',
      'V1.2__more.sql',
    ]);
  });

  it('end with what can be repeated and is not what was applied last', () => {
    const withView = scripts('R__views.sql', 'V1__init.sql');
    const checksum = withView.at(-1)?.checksum ?? 0;
    const repeated = (installedRank: number, of: number): HistoryRow => ({
      ...row(installedRank, '1', APPLIED),
      version: null,
      script: 'R__views.sql',
      checksum: of,
    });
    expect(namesOf(pendingOf(withView, []))).toEqual(['V1__init.sql', 'R__views.sql']);
    const before = row(1, '1', APPLIED);
    expect(namesOf(pendingOf(withView, [before, repeated(2, 7), repeated(3, checksum)]))).toEqual([]);
    expect(namesOf(pendingOf(withView, [before, repeated(2, checksum), repeated(3, 7)]))).toEqual([
      'R__views.sql',
    ]);
  });

  it('do not mind versions in the history that this release does not bring', () => {
    expect(pendingOf(scripts('V2__next.sql'), [row(1, '1', APPLIED)])).toMatchObject({ kind: 'pending' });
    expect(pendingOf(scripts('V1__init.sql'), [row(1, '1', APPLIED), row(2, '2', APPLIED)])).toEqual({
      kind: 'pending',
      migrations: [],
    });
  });

  it('are refused when an applied script has been changed', () => {
    const history = [{ ...row(1, '1', APPLIED), checksum: 7 }];
    expect(pendingOf(brought, history)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('V1__init.sql was changed'),
    });
  });

  it('are refused when one is older than what is applied', () => {
    expect(pendingOf(brought, [row(1, '1', APPLIED), row(2, '1.2', APPLIED)])).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('V1.1__add.sql is older than 1.2'),
    });
  });

  it('are refused on a history that failed', () => {
    expect(pendingOf(brought, [{ ...row(1, '1', APPLIED), success: false }])).toMatchObject({
      kind: 'refused',
    });
  });

  function row(installedRank: number, version: string, type: string): HistoryRow {
    const migration = brought.find((each) => each.version === version);
    return {
      installedRank,
      version,
      description: '',
      type,
      script: `V${version}__.sql`,
      checksum: migration?.checksum ?? 0,
      installedBy: 'somebody',
      executionTimeMs: 1,
      success: true,
    };
  }
});

function scripts(...paths: string[]): readonly Migration[] {
  const set = readScripts(paths.map((path) => ({ path, sql: `SELECT '${path}'` })));
  if (set.kind === 'refused') throw new Error(set.detail);
  return inOrder(set);
}

function namesOf(pending: ReturnType<typeof pendingOf>): string[] {
  return pending.kind === 'pending' ? pending.migrations.map(({ script }) => script) : [pending.detail];
}
