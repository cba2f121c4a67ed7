import { hasSqlDetails, parse, type Node } from 'libpg-query';
import type { Script } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';

/** One statement of a script, as PostgreSQL's own parser reads it. */
export interface Statement {
  readonly script: string;
  /** From 1. */
  readonly line: number;
  readonly sql: string;
  readonly node: Node;
}

/** @throws MigrationFailure with the line, when it is no SQL that PostgreSQL parses */
export async function statementsOf({ script, sql }: Script): Promise<Statement[]> {
  const source = Buffer.from(sql, 'utf8');
  const { stmts = [] } = await parse(sql).catch((error: unknown) => {
    throw new MigrationFailure(describeSyntax(script, source, error), { cause: error });
  });
  return stmts.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }) => {
    if (!stmt) return [];
    const text = source.subarray(start, length ? start + length : undefined).toString('utf8');
    const skipped = leadingSpaceAndComments(text);
    const line = lineAt(source, start + Buffer.byteLength(skipped));
    return [{ script, line, sql: text.slice(skipped.length).trim(), node: stmt }];
  });
}

/** Locations are bytes, and a statement's begins where the one before it ended. */
function lineAt(source: Buffer, byte: number): number {
  return source.subarray(0, byte).toString('utf8').split('\n').length;
}

function leadingSpaceAndComments(text: string): string {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? '';
}

function describeSyntax(script: string, source: Buffer, error: unknown): string {
  if (!hasSqlDetails(error)) return `${script}: ${(error as Error).message}`;
  const { message, cursorPosition } = error.sqlDetails ?? { message: '', cursorPosition: 0 };
  return `${script} line ${lineAt(source, Math.max(0, cursorPosition - 1))}: ${message}`;
}
