import { parseVersion } from './migration-version';

/** Longest description that Flyway's history table takes. */
const LONGEST_DESCRIPTION = 200;

export interface ScriptName {
  readonly kind: 'versioned' | 'undo';
  readonly version: string;
  readonly description: string;
}

/**
 * Flyway's naming, `V<version>__<description>.sql` and `U<version>__<description>.sql`
 * (https://documentation.red-gate.com/flyway/flyway-concepts/migrations/migration-naming).
 */
export function parseScriptName(fileName: string): ScriptName | undefined {
  const [, prefix, versionText = '', words = ''] = /^([VU])([\d._]+?)__(.+)\.sql$/.exec(fileName) ?? [];
  const version = parseVersion(versionText);
  const description = words.replaceAll('_', ' ');
  if (!prefix || version === undefined || description.length > LONGEST_DESCRIPTION) return undefined;
  return { kind: prefix === 'V' ? 'versioned' : 'undo', version, description };
}
