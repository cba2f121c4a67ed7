import type { RoutingSnapshot, RoutingUpdate, SubjectRoute } from '@croupier/contracts';
import { columnsWith, NO_COLUMNS, type Columns } from './columns';
import { compileSubject, type Subject } from './subject';

/**
 * A snapshot made ready for lookup. It never changes: a newer snapshot makes a new table.
 * What each subject deals in each market is a matrix of 32-bit cells (see `subject.ts`): 10,000 games in 30 markets are
 * 1.3 MB, and a decision reads one of them.
 */
export interface RoutingTable {
  readonly routingVersion: number;
  /** Provider, then game: two lookups join no strings. */
  readonly subjects: ReadonlyMap<string, ReadonlyMap<string, Subject>>;
  readonly columns: Columns;
  /** Cells of one row; there is no market 0. */
  readonly stride: number;
  readonly cells: Int32Array;
  /** Rows that no subject has any more. */
  readonly freeRows: readonly number[];
}

/** Columns are added by so many, which is one line of a processor's cache. */
const COLUMNS_AT_ONCE = 16;

const EMPTY: RoutingTable = {
  routingVersion: 0,
  subjects: new Map(),
  columns: NO_COLUMNS,
  stride: COLUMNS_AT_ONCE,
  cells: new Int32Array(0),
  freeRows: [],
};

/** @throws when two routes are of the same subject: no order between them would be right. */
export function compileRoutes({ routingVersion, subjects }: RoutingSnapshot): RoutingTable {
  const seen = new Set<string>();
  for (const { provider, game } of subjects) {
    const name = `${provider}/${game}`;
    if (seen.has(name)) throw new Error(`${name} is routed twice`);
    seen.add(name);
  }
  return tableWith(EMPTY, { routingVersion, since: null, subjects, gone: [] });
}

/** A new table with the changes; what has not changed is shared with the old one, but for the cells. */
export function updateRoutes(table: RoutingTable, update: RoutingUpdate): RoutingTable {
  return tableWith(table, update);
}

function tableWith(
  table: RoutingTable,
  { routingVersion, subjects: routes, gone }: RoutingUpdate,
): RoutingTable {
  const subjects = new Map(table.subjects);
  const copied = new Map<string, Map<string, Subject>>();
  const gamesOf = (provider: string): Map<string, Subject> => {
    const games = copied.get(provider) ?? new Map(subjects.get(provider));
    copied.set(provider, games);
    subjects.set(provider, games);
    return games;
  };
  const columns = columnsWith(table.columns, marketsOf(routes));
  const stride = Math.max(table.stride, Math.ceil(columns.names.length / COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE);
  const freeRows = [...table.freeRows];
  for (const { provider, game } of gone) {
    const subject = gamesOf(provider).get(game);
    if (subject !== undefined) freeRows.push(subject.row);
    gamesOf(provider).delete(game);
  }

  let rows = table.cells.length / table.stride;
  const changed = routes.map((route) => {
    const row = gamesOf(route.provider).get(route.game)?.row ?? freeRows.pop() ?? rows++;
    const compiled = compileSubject(route, row, columns);
    gamesOf(route.provider).set(route.game, compiled.subject);
    return compiled;
  });
  const cells = copyOf(table, rows, stride);
  for (const { subject, cells: row } of changed) {
    const first = subject.row * stride;
    cells.fill(0, first, first + stride);
    for (const [market, cell] of row) cells[first + (columns.of.get(market) as number)] = cell;
  }
  return Object.freeze({ routingVersion, subjects, columns, stride, cells, freeRows });
}

function* marketsOf(routes: readonly SubjectRoute[]): Iterable<string> {
  for (const { stable, canary, fallbacks, draining } of routes)
    for (const version of [stable, ...(canary ? [canary] : []), ...fallbacks, ...draining])
      yield* version.markets;
}

function copyOf(table: RoutingTable, rows: number, stride: number): Int32Array {
  const cells = new Int32Array(rows * stride);
  if (table.stride === stride) cells.set(table.cells);
  else
    for (let row = 0; row * table.stride < table.cells.length; row += 1)
      cells.set(table.cells.subarray(row * table.stride, (row + 1) * table.stride), row * stride);
  return cells;
}
