/** Lower-case identifier of at most 63 bytes (NAMEDATALEN - 1), so it needs no quoting in `search_path`. */
const SCHEMA_NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/;

export function checkedSchemaName(name: string): string {
  if (!SCHEMA_NAME.test(name)) {
    throw new Error(
      `Schema name ${JSON.stringify(name)} is not usable: give 1 to 63 lower-case letters, digits or underscores, not starting with a digit or pg_.`,
    );
  }
  return name;
}
