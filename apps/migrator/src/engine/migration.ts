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

/** Applied after the versioned ones, whenever its text has changed. */
export interface Repeatable extends Script {
  readonly description: string;
  readonly checksum: number;
}

export type ScriptSet =
  | {
      readonly kind: 'read';
      /** Oldest version first. */
      readonly migrations: readonly Migration[];
      /** For an empty schema, instead of all up to its version; of several the newest. */
      readonly baseline: Migration | null;
      /** In the order of their descriptions. */
      readonly repeatables: readonly Repeatable[];
    }
  | { readonly kind: 'refused'; readonly detail: string };

/** What a release brings, each migration with its undo script if there is one. */
export function readScripts(files: readonly ScriptFile[]): ScriptSet {
  const versioned = new Map<string, Migration>();
  const baselines = new Map<string, Migration>();
  const undos = new Map<string, Script>();
  const repeatables = new Map<string, Repeatable>();
  for (const { path, sql } of files) {
    const script = path.slice(path.lastIndexOf('/') + 1);
    const name = parseScriptName(script);
    if (!name)
      return refused(
        `${path} is not named like V1.1.0__what_it_does.sql, or with U, B or R as Flyway has it`,
      );
    const checksum = checksumOf(sql);
    if (name.kind === 'repeatable') {
      repeatables.set(name.description, { script, sql, description: name.description, checksum });
      continue;
    }
    const { kind, version, description } = name;
    const key = versionKey(version);
    const kin: Map<string, Script> = { versioned, baseline: baselines, undo: undos }[kind];
    const known = kin.get(key);
    if (known) return refused(`${known.script} and ${script} have the same version`);
    const migration: Migration = { script, sql, version, description, checksum, undo: null };
    kin.set(key, kind === 'undo' ? { script, sql } : migration);
  }
  const migrations = [...versioned].map(([key, migration]) => ({
    ...migration,
    undo: undos.get(key) ?? null,
  }));
  return {
    kind: 'read',
    migrations: migrations.sort(byVersion),
    baseline: [...baselines.values()].sort(byVersion).at(-1) ?? null,
    repeatables: [...repeatables.values()].sort((a, b) => (a.description < b.description ? -1 : 1)),
  };
}

function byVersion(a: Migration, b: Migration): number {
  return compareVersions(a.version, b.version);
}

function refused(detail: string): ScriptSet {
  return { kind: 'refused', detail };
}
