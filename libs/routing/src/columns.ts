/** Markets by number, from 1 on. A market keeps its number in all tables that follow on the one that gave it. */
export interface Columns {
  readonly of: ReadonlyMap<string, number>;
  /** By number; there is no market 0. */
  readonly names: readonly string[];
}

export const NO_COLUMNS: Columns = { of: new Map(), names: [''] };

/** The same object when none of the markets is new. */
export function columnsWith(columns: Columns, markets: Iterable<string>): Columns {
  const fresh = new Set<string>();
  for (const market of markets) if (!columns.of.has(market)) fresh.add(market);
  if (fresh.size === 0) return columns;
  const names = [...columns.names, ...fresh];
  return { of: new Map(names.slice(1).map((name, index) => [name, index + 1])), names };
}
