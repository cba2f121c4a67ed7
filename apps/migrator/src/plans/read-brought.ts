import { inOrder, readScripts, type ScriptFile } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import { withPhases, type PhasedMigration } from '../lint/phase';
import { isChangelog, readChangelogs } from '../liquibase/changelog';

/** What the files are, in the order in which it is applied. @throws MigrationFailure */
export async function readBrought(files: readonly ScriptFile[]): Promise<PhasedMigration[]> {
  if (files.some(isChangelog)) {
    const changelog = readChangelogs(files);
    if (changelog.kind === 'refused') throw new MigrationFailure(changelog.detail);
    return withPhases(changelog.changesets);
  }
  const set = readScripts(files);
  if (set.kind === 'refused') throw new MigrationFailure(set.detail);
  return withPhases(inOrder(set));
}
