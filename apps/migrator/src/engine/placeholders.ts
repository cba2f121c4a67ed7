import { MigrationFailure } from './migration-failure';

/**
 * Flyway's placeholders, `${name}`, filled in before a script runs; checksums are over the text as it was written
 * (https://documentation.red-gate.com/flyway/flyway-concepts/migrations/migration-placeholders).
 * @throws MigrationFailure for one that has no value
 */
export function fillPlaceholders(
  script: string,
  sql: string,
  values: Readonly<Record<string, string>>,
): string {
  return sql.replace(/\$\{([^}\n]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new MigrationFailure(
        `${script}: the placeholder \${${name}} has no value; known are ${Object.keys(values).join(', ')}`,
      );
    return value;
  });
}
