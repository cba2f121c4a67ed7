import type { ReleaseId } from '@croupier/contracts';
import { APPLIED, UNDONE, markOf, undoneFor, type HistoryRow } from './history';
import type { Migration } from './migration';
import { undoPlan } from './undo';

const RELEASE = '5a7f3f0e-6a51-4d9c-9a54-0c6f3c0f8a01' as ReleaseId;
const OTHER = '5a7f3f0e-6a51-4d9c-9a54-0c6f3c0f8a02' as ReleaseId;

describe('undoing the migrations of a release', () => {
  it('goes from the newest version to the oldest', () => {
    const history = [row(1, '1.9', RELEASE), row(2, '1.10', RELEASE)];
    const plan = undoPlan(history, RELEASE, [migration('1.9'), migration('1.10')]);
    expect(plan.steps.map(({ undo }) => undo.script)).toEqual(['U1.10.sql', 'U1.9.sql']);
  });

  it('touches nothing that another release applied', () => {
    const history = [row(1, '1', OTHER), row(2, '2', RELEASE)];
    const plan = undoPlan(history, RELEASE, [migration('1'), migration('2')]);
    expect(plan.steps.map(({ row: { version } }) => version)).toEqual(['2']);
  });

  it('stops at a version without an undo script, since an older one may carry it', () => {
    const history = [row(1, '1', RELEASE), row(2, '2', RELEASE), row(3, '3', RELEASE)];
    const plan = undoPlan(history, RELEASE, [migration('1'), migration('2', null), migration('3')]);
    expect(plan.steps.map(({ row: { version } }) => version)).toEqual(['3']);
    expect(plan.kept.map(({ version }) => version)).toEqual(['2', '1']);
  });

  it('has nothing left to do once it is done, and can still tell what was done', () => {
    const history = [row(1, '1', RELEASE), row(2, '1', RELEASE, UNDONE)];
    expect(undoPlan(history, RELEASE, [migration('1')])).toEqual({ steps: [], kept: [] });
    expect(undoneFor(history, RELEASE).map(({ version }) => version)).toEqual(['1']);
  });
});

function row(installedRank: number, version: string, by: ReleaseId, type = APPLIED): HistoryRow {
  return {
    installedRank,
    version,
    description: '',
    type,
    script: `V${version}.sql`,
    checksum: 0,
    installedBy: markOf(by),
    executionTimeMs: 1,
    success: true,
  };
}

function migration(version: string, undo: string | null = `U${version}.sql`): Migration {
  return {
    kind: 'versioned',
    version,
    description: '',
    script: `V${version}.sql`,
    checksum: 0,
    sql: '',
    undo: undo === null ? null : { script: undo, sql: '' },
  };
}
