/** One object of a schema, in PostgreSQL's own words. */
export interface CatalogObject {
  readonly kind: string;
  /** `table`, `table.column`, `function(arguments)`. */
  readonly name: string;
  readonly definition: string;
}

/** All that a schema holds. Two schemas with equal catalogs look the same to every query. */
export type Catalog = readonly CatalogObject[];

export interface CatalogDifference {
  readonly kind: string;
  readonly name: string;
  /** Null when it was not there. */
  readonly before: string | null;
  /** Null when it is no longer there. */
  readonly after: string | null;
}

export function compareCatalogs(before: Catalog, after: Catalog): CatalogDifference[] {
  const earlier = definitionsOf(before);
  const later = definitionsOf(after);
  const all = new Map([...before, ...after].map((object) => [keyOf(object), object]));
  return [...all].flatMap(([key, { kind, name }]) => {
    const [old = null, now = null] = [earlier.get(key), later.get(key)];
    return old === now ? [] : [{ kind, name, before: old, after: now }];
  });
}

/** `+ table bonus`, `- column rounds.win`, `~ index rounds_pk`: at most `most` of them. */
export function describeDifferences(differences: readonly CatalogDifference[], most = 10): string {
  const told = differences.slice(0, most).map(({ kind, name, before, after }) => {
    const sign = before === null ? '+' : after === null ? '-' : '~';
    return `${sign} ${kind} ${name}`;
  });
  const rest = differences.length - told.length;
  return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

function definitionsOf(catalog: Catalog): Map<string, string> {
  return new Map(catalog.map((object) => [keyOf(object), object.definition]));
}

function keyOf({ kind, name }: CatalogObject): string {
  return `${kind} ${name}`;
}
