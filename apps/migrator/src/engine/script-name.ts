import { parseVersion } from './migration-version';

/** Longest description that Flyway's history table takes. */
const LONGEST_DESCRIPTION = 200;

export type ScriptName =
  | {
      readonly kind: 'versioned' | 'undo' | 'baseline';
      readonly version: string;
      readonly description: string;
    }
  | { readonly kind: 'repeatable'; readonly description: string };

const KINDS = { V: 'versioned', U: 'undo', B: 'baseline' } as const;

/**
 * Flyway's naming: `V<version>__<description>.sql` is applied once, `U` undoes it, `B` stands for all up to its version
 * in an empty schema, and `R__<description>.sql` is applied whenever it has changed
 * (https://documentation.red-gate.com/flyway/flyway-concepts/migrations/migration-naming).
 */
export function parseScriptName(fileName: string): ScriptName | undefined {
  const [, prefix, versionText = '', words = ''] = /^([VUBR])([\d._]*?)__(.+)\.sql$/.exec(fileName) ?? [];
  const description = words.replaceAll('_', ' ');
  if (!prefix || description.length > LONGEST_DESCRIPTION) return undefined;
  if (prefix === 'R') return versionText === '' ? { kind: 'repeatable', description } : undefined;
  const version = parseVersion(versionText);
  return version === undefined
    ? undefined
    : { kind: KINDS[prefix as keyof typeof KINDS], version, description };
}
