import { MigrationFailure } from '../engine/migration-failure';
import type { SqlFault } from '../execution/sql-fault';

/** What Liquibase says when the changesets are at fault; all else may be the connection, or the machine. */
const OF_CHANGESETS = /Migration failed for changeset|Validation Failed|Rollback|ChangeLogParse/i;
const LOCK_FAULTS: readonly (readonly [RegExp, string])[] = [
  [/due to lock timeout/, '55P03'],
  [/deadlock detected/, '40P01'],
];

/** What the program wrote to its standard error, as an error that says what to do about it. */
export function faultOf(stderr: string): Error {
  const [, told = stderr] = /Unexpected error running Liquibase: ([\s\S]*?)(?:\n\s*\n|$)/.exec(stderr) ?? [];
  const detail = `Liquibase: ${told
    .replaceAll(/liquibase\.exception\.\w+: /g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()}`;
  if (!OF_CHANGESETS.test(stderr)) return new Error(detail);
  const [, code] = LOCK_FAULTS.find(([words]) => words.test(stderr)) ?? [];
  const cause: SqlFault = { message: told, code };
  return new MigrationFailure(detail, code === undefined ? undefined : { cause });
}
