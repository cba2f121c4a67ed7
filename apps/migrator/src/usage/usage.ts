/** How many rows use each table or column that a release has added, by `table` or `table.column`. */
export type Usage = Readonly<Record<string, number>>;

/** What has been written since, so that an undo would lose it. */
export function grownSince(before: Usage, now: Usage): string[] {
  return Object.entries(now)
    .filter(([name, rows]) => rows > (before[name] ?? 0))
    .map(([name, rows]) => `${name} has ${rows - (before[name] ?? 0)} rows more`);
}
