import { checksumOf } from './checksum';
import { compareVersions, versionKey } from './migration-version';
import { parseScriptName } from './script-name';

export interface ScriptFile {
  /** Path in the release, such as `migrations/V1.1.0__add_bonus.sql`. */
  readonly path: string;
  readonly sql: string;
}

export interface Script {
  readonly script: string;
  readonly sql: string;
}

export interface Migration extends Script {
  readonly version: string;
  readonly description: string;
  readonly checksum: number;
  readonly undo: Script | null;
}

export type ScriptSet =
  | { readonly kind: 'read'; readonly migrations: readonly Migration[] }
  | { readonly kind: 'refused'; readonly detail: string };

/** The migrations of a release, oldest version first, each with its undo script if there is one. */
export function readScripts(files: readonly ScriptFile[]): ScriptSet {
  const versioned = new Map<string, Migration>();
  const undos = new Map<string, Script>();
  for (const { path, sql } of files) {
    const script = path.slice(path.lastIndexOf('/') + 1);
    const name = parseScriptName(script);
    if (!name)
      return refused(`${path} is not named like V1.1.0__what_it_does.sql or U1.1.0__what_it_does.sql`);
    const { kind, version, description } = name;
    const key = versionKey(version);
    const known = (kind === 'undo' ? undos : versioned).get(key);
    if (known) return refused(`${known.script} and ${script} have the same version`);
    if (kind === 'undo') undos.set(key, { script, sql });
    else versioned.set(key, { script, sql, version, description, checksum: checksumOf(sql), undo: null });
  }
  const migrations = [...versioned].map(([key, migration]) => ({
    ...migration,
    undo: undos.get(key) ?? null,
  }));
  return { kind: 'read', migrations: migrations.sort((a, b) => compareVersions(a.version, b.version)) };
}

function refused(detail: string): ScriptSet {
  return { kind: 'refused', detail };
}
