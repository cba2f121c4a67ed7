import { checksumOf } from '../engine/checksum';
import type { Migration, ScriptFile } from '../engine/migration';

export type ChangelogReading =
  | { readonly kind: 'read'; readonly changesets: readonly Migration[] }
  | { readonly kind: 'refused'; readonly detail: string };

const FIRST_LINE = /^\uFEFF?\s*--\s*liquibase\s+formatted\s+sql\s*$/i;
const CHANGESET = /^\s*--\s*changeset\s+("[^"]+"|[^\s:"]+):("[^"]+"|\S+)(.*)$/i;
const ROLLBACK = /^\s*(--\s*rollback\b|\/\*\s*liquibase\s+rollback\b)/im;
const COMMENT = /^\s*--\s*comment:?\s+(.+)$/im;
/** Those whose outcome depends on more than the changeset and the history, so that a proof would prove nothing. */
const KNOWN_ATTRIBUTES: readonly string[] = [
  'splitStatements',
  'stripComments',
  'runInTransaction',
  'rollbackSplitStatements',
  'labels',
  'created',
];
/** Longest id that `databasechangelog` takes. */
const LONGEST_NAME = 255;
const LONGEST_DESCRIPTION = 200;

export function isChangelog({ sql }: ScriptFile): boolean {
  return FIRST_LINE.test(sql.split(/\r?\n/, 1)[0] ?? '');
}

/**
 * The changesets of Liquibase's formatted SQL, in the order of the files' paths
 * (https://docs.liquibase.com/concepts/changelogs/sql-format.html). Each keeps its text, so that Liquibase computes the
 * same checksum of it.
 */
export function readChangelogs(files: readonly ScriptFile[]): ChangelogReading {
  const changesets = new Map<string, Migration>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!isChangelog(file)) return refused(`${file.path} does not begin with --liquibase formatted sql`);
    const [, ...lines] = file.sql.split(/\r?\n/);
    const starts = lines.flatMap((line, index) => (CHANGESET.test(line) ? [index] : []));
    const preamble = lines.slice(0, starts[0]).find((line) => line.trim() !== '');
    if (preamble !== undefined)
      return refused(
        `${file.path}: nothing but changesets may follow the first line, not ${preamble.trim()}`,
      );
    for (const [nth, start] of starts.entries()) {
      const read = readChangeset(file.path, lines.slice(start, starts[nth + 1]));
      if (typeof read === 'string') return refused(`${file.path}: ${read}`);
      if (changesets.has(read.script)) return refused(`${read.script} is there twice`);
      changesets.set(read.script, read);
    }
  }
  return { kind: 'read', changesets: [...changesets.values()] };
}

/** Answers what is wrong with it as text. */
function readChangeset(path: string, lines: readonly string[]): Migration | string {
  const [, author = '', id = '', attributes = ''] = (CHANGESET.exec(lines[0] ?? '') ?? []).map(unquoted);
  const name = `${author}:${id}`;
  if (Math.max(author.length, id.length, path.length) > LONGEST_NAME)
    return `${name} is longer than ${LONGEST_NAME} characters`;
  for (const [, attribute = ''] of attributes.matchAll(/(\w+):/g))
    if (!KNOWN_ATTRIBUTES.includes(attribute))
      return `${name} has ${attribute}, and only ${KNOWN_ATTRIBUTES.join(', ')} are taken`;
  const sql = `${lines.join('\n').trim()}\n`;
  if (/^\s*--\s*preconditions\b/im.test(sql)) return `${name} has preconditions, which are not taken`;
  const script = `${path}::${id}::${author}`;
  return {
    kind: 'changeset',
    version: id,
    description: (COMMENT.exec(sql)?.[1] ?? id).trim().slice(0, LONGEST_DESCRIPTION),
    script,
    sql,
    checksum: checksumOf(sql),
    // Liquibase takes the way back from the changeset itself.
    undo: ROLLBACK.test(sql) ? { script, sql } : null,
  };
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}

function refused(detail: string): ChangelogReading {
  return { kind: 'refused', detail };
}
