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

/** Each word as a beginning, all of them wanted. What is no word has no meaning in the query language either. */
export function wordsOf(text: string): string {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `${word}:*`).join(' & ');
}
