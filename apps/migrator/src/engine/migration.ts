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

/** Flyway's kinds of scripts that are applied, and Liquibase's. */
export type MigrationKind = 'versioned' | 'baseline' | 'repeatable' | 'changeset';

export interface Migration extends Script {
  readonly kind: MigrationKind;
  /** Flyway's version or a changeset's id; empty for what can be repeated. */
  readonly version: string;
  readonly description: string;
  readonly checksum: number;
  readonly undo: Script | null;
}

export type ScriptSet =
  | {
      readonly kind: 'read';
      /** Oldest version first. */
      readonly migrations: readonly Migration[];
      /** For an empty schema, instead of all up to its version; of several the newest. */
      readonly baseline: Migration | null;
      /** Applied after the versioned ones, whenever the text has changed; in the order of their descriptions. */
      readonly repeatables: readonly Migration[];
    }
  | { readonly kind: 'refused'; readonly detail: string };

/** What a release brings, each migration with its undo script if there is one. */
export function readScripts(files: readonly ScriptFile[]): ScriptSet {
  const versioned = new Map<string, Migration>();
  const baselines = new Map<string, Migration>();
  const undos = new Map<string, Script>();
  const repeatables = new Map<string, Migration>();
  for (const { path, sql } of files) {
    const script = path.slice(path.lastIndexOf('/') + 1);
    const name = parseScriptName(script);
    if (!name)
      return refused(
        `${path} is not named like V1.1.0__what_it_does.sql, or with U, B or R as Flyway has it`,
      );
    const checksum = checksumOf(sql);
    if (name.kind === 'repeatable') {
      const { kind, description } = name;
      repeatables.set(description, { kind, script, sql, version: '', description, checksum, undo: null });
      continue;
    }
    const { kind, version, description } = name;
    const key = versionKey(version);
    const kin: Map<string, Script> = { versioned, baseline: baselines, undo: undos }[kind];
    const known = kin.get(key);
    if (known) return refused(`${known.script} and ${script} have the same version`);
    const migration: Migration | Script =
      kind === 'undo' ? { script, sql } : { kind, script, sql, version, description, checksum, undo: null };
    kin.set(key, migration);
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

/** In the order in which they are applied. */
export function inOrder({
  migrations,
  baseline,
  repeatables,
}: Extract<ScriptSet, { kind: 'read' }>): readonly Migration[] {
  return [...(baseline ? [baseline] : []), ...migrations, ...repeatables];
}

function byVersion(a: Migration, b: Migration): number {
  return compareVersions(a.version, b.version);
}

function refused(detail: string): ScriptSet {
  return { kind: 'refused', detail };
}
