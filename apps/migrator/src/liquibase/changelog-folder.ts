import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Script } from '../engine/migration';

export const ROOT_CHANGELOG = 'root.xml';

/**
 * Changesets as files that Liquibase reads, in this order, for as long as `work` lasts. The label is written into the
 * history with each that runs: who applied what is known in the same transaction as that it was applied.
 */
export async function withChangelogFolder<T>(
  changesets: readonly Script[],
  label: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'croupier-changelog-'));
  try {
    const files = changesets.map((changeset, index) => ({ name: `${index}.sql`, ...changeset }));
    for (const { name, script, sql } of files)
      await writeFile(join(folder, name), `--liquibase formatted sql${logicalPathOf(script)}\n\n${sql}`);
    await writeFile(
      join(folder, ROOT_CHANGELOG),
      rootOf(
        files.map(({ name }) => name),
        label,
      ),
    );
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The path under which the changeset is known, whatever file it is in now. */
function logicalPathOf(script: string): string {
  return ` logicalFilePath:${script.slice(0, script.indexOf('::'))}`;
}

function rootOf(names: readonly string[], label: string): string {
  const namespace = 'http://www.liquibase.org/xml/ns/dbchangelog';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<databaseChangeLog xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`,
    `  xsi:schemaLocation="${namespace} ${namespace}/dbchangelog-latest.xsd">`,
    ...names.map((name) => `  <include file="${name}" labels="${label}"/>`),
    '</databaseChangeLog>',
    '',
  ].join('\n');
}
