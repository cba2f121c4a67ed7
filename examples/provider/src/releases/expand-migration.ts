/**
 * A Flyway-named pair: `V` expands the schema, `U` takes that back. A table of its own, so that the version
 * before goes on unaware of it while both serve.
 */
export function expandMigration(version: string): Map<string, Buffer> {
  const suffix = version.replaceAll('.', '_');
  const table = `bonus_round_v${suffix}`;
  const name = `${version}__add_bonus_round_v${suffix}.sql`;
  const expand = [
    `CREATE TABLE ${table} (`,
    '  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,',
    '  round_id uuid NOT NULL UNIQUE,',
    '  player text NOT NULL,',
    '  win_cents bigint NOT NULL CHECK (win_cents >= 0),',
    '  played_at timestamptz NOT NULL DEFAULT now()',
    ');',
  ];
  return new Map([
    [`migrations/V${name}`, Buffer.from(`${expand.join('\n')}\n`)],
    [`migrations/U${name}`, Buffer.from(`DROP TABLE ${table};\n`)],
  ]);
}
