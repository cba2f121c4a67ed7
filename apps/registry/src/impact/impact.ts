import type { Impact, Pool, Requirement } from '@croupier/contracts';
import { compare, major, maxSatisfying, minor, satisfies } from 'semver';
import { idOf } from '../versions/version-id';
import type { GameVersion } from '../versions/version-repository';

/** What a version brings, of its manifest. */
export interface Bringing {
  readonly version: string;
  readonly migrations: readonly string[];
  readonly flags: readonly string[];
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** A version of another subject that requires this one. */
export interface Dependant extends GameVersion {
  readonly pool: Pool;
  readonly range: string;
}

/** What there is of a subject that the version requires. */
export interface Required extends Requirement {
  readonly productionVersion: string | null;
  /** All that are registered and not revoked. */
  readonly versions: readonly string[];
}

export interface Situation {
  readonly subject: Pick<GameVersion, 'provider' | 'game'>;
  readonly next: Bringing;
  readonly present: Bringing | null;
  readonly dependants: readonly Dependant[];
  readonly required: readonly Required[];
}

/** What follows when `next` takes the place of `present` in production. */
export function impactOf({ subject, next, present, dependants, required }: Situation): Impact {
  const breaks = dependants
    .filter(({ range }) => !satisfies(next.version, range))
    .map(({ range, pool, ...dependant }) => ({
      id: idOf(dependant),
      pool,
      range,
      brokenAlready: present === null || !satisfies(present.version, range),
    }));
  const first = required
    .filter(
      ({ range, productionVersion }) => productionVersion === null || !satisfies(productionVersion, range),
    )
    .map(({ subject, range, productionVersion, versions }) => ({
      subject,
      range,
      productionVersion,
      fitting: maxSatisfying([...versions], range),
    }));
  const kept = new Map(next.files.map(({ path, sha256 }) => [path, sha256]));
  return {
    id: idOf({ ...subject, version: next.version }),
    productionVersion: present?.version ?? null,
    change: changeOf(next.version, present?.version ?? null),
    ready: first.length === 0 && breaks.every(({ brokenAlready }) => brokenAlready),
    breaks,
    first,
    purge: {
      // As the cache service purges by, after each promotion and rollback.
      prefix: `game:${subject.provider}/${subject.game}:`,
      files: (present?.files ?? [])
        .filter(({ path, sha256 }) => kept.get(path) !== sha256)
        .map(({ path }) => path),
    },
    migrations: next.migrations.filter((script) => !(present?.migrations ?? []).includes(script)),
    flags: [...next.flags],
  };
}

function changeOf(next: string, present: string | null): Impact['change'] {
  if (present === null) return 'first';
  const order = compare(next, present);
  if (order === 0) return 'none';
  if (order < 0) return 'downgrade';
  if (major(next) !== major(present)) return 'major';
  return minor(next) !== minor(present) ? 'minor' : 'patch';
}
