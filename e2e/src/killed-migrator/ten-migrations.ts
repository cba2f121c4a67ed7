/** Where the migrator is when it is killed, of one migration. */
export const MOMENTS = ['before', 'within', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Stop {
  readonly migration: number;
  readonly moment: Moment;
}

export const COUNT = 10;

/** What no transaction can hold, by the number of its migration. */
const OUTSIDE: Readonly<Record<number, string>> = {
  3: 'CREATE INDEX CONCURRENTLY target_3_value ON target_3 (value);',
  6: 'CREATE UNIQUE INDEX CONCURRENTLY target_6_value ON target_6 (value);',
  8: 'REINDEX INDEX CONCURRENTLY target_8_pkey;',
};

export function isOutside(migration: number): boolean {
  return migration in OUTSIDE;
}

/** The release before: what the ten build upon. */
export const GROUND = {
  'V0.1__ground.sql': `
    CREATE TABLE effects (migration int NOT NULL);
    ${Object.keys(OUTSIDE)
      .map((number) => `CREATE TABLE target_${number} (id int PRIMARY KEY, value int NOT NULL);`)
      .join('\n')}`,
};

/**
 * Ten migrations, of which one waits at a gate that the test keeps shut. A transactional one has the gate in its text,
 * the others are held from outside.
 */
export function tenMigrations(stop?: Stop): Record<string, string> {
  const scripts: Record<string, string> = {};
  for (let number = 1; number <= COUNT; number += 1)
    scripts[`V${number}__step.sql`] =
      OUTSIDE[number] ?? transactional(number, stop?.migration === number ? stop.moment : undefined);
  return scripts;
}

function transactional(number: number, moment: Moment | undefined): string {
  const gateAt = (here: Moment): string =>
    moment === here ? 'LOCK TABLE public.gate IN ACCESS SHARE MODE;' : '';
  return `-- croupier:allow heavy-lock
    ${gateAt('before')}
    CREATE TABLE step_${number} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text);
    ${gateAt('within')}
    INSERT INTO effects VALUES (${number});
    ${gateAt('after')}`;
}
