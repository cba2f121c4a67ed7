import type { CatalogFilter } from '@croupier/contracts';

export interface Conditions {
  /** To be joined by AND. Columns are those that `games` and `versions` share. */
  readonly sql: readonly string[];
  readonly parameters: unknown[];
}

/** A filter as SQL, with every value as a parameter. */
export function conditionsOf(filter: CatalogFilter): Conditions {
  const sql: string[] = [];
  const parameters: unknown[] = [];
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value !== undefined) sql.push(condition(`$${parameters.push(value)}`));
  };
  where((value) => `provider = ${value}`, filter.provider);
  where((value) => `kind = ${value}`, filter.kind);
  where((value) => `channel = ${value}`, filter.channel);
  where((value) => `markets @> ARRAY[${value}]::text[]`, filter.market);
  where((value) => `currencies @> ARRAY[${value}]::text[]`, filter.currency);
  where((value) => `languages @> ARRAY[${value}]::text[]`, filter.language);
  where((value) => `devices @> ARRAY[${value}]::text[]`, filter.device);
  if (filter.q !== undefined) where((value) => `search @@ to_tsquery('simple', ${value})`, wordsOf(filter.q));
  return { sql, parameters };
}

/**
 * All words; one with an asterisk is a beginning. Whole ones unless asked for, because the index skips through a
 * frequent word to where the others are, but reads all that begin with one. What is no word has no meaning in
 * PostgreSQL's query language either.
 */
export function wordsOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}]+\*?/gu) ?? [];
  return words.map((word) => word.replace('*', ':*')).join(' & ');
}
