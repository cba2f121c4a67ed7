import type { HelmRevision } from './helm-program';

/** What a revision says of where it comes from, in its description. */
export interface RevisionNote {
  readonly effectKey: string;
  readonly version: string;
  readonly digest: string;
  readonly fencingToken: number | null;
  /** What was deployed before, and is gone back to; null when this was the first. */
  readonly previousRevision: number | null;
}

const NOTE = /^croupier (\{.*\})/;

export function describe(note: RevisionNote): string {
  return `croupier ${JSON.stringify(note)}`;
}

/** What runs now: the newest revision that is deployed; null when none is. */
export function deployed(history: readonly HelmRevision[]): HelmRevision | null {
  return history.findLast(({ status }) => status === 'deployed') ?? null;
}

/** Null for a revision that is not ours. A rollback speaks for the revision it went back to. */
export function noteOf(revision: HelmRevision | null, history: readonly HelmRevision[]): RevisionNote | null {
  if (revision === null) return null;
  const written = NOTE.exec(revision.description)?.[1];
  if (written !== undefined) return JSON.parse(written) as RevisionNote;
  const target = /^Rollback to (\d+)$/.exec(revision.description)?.[1];
  const earlier = history.find((other) => other.revision === Number(target)) ?? null;
  return earlier === null || earlier.revision >= revision.revision ? null : noteOf(earlier, history);
}

/** The highest fencing token that any revision was made under. */
export function highestToken(history: readonly HelmRevision[]): number | null {
  const tokens = history.flatMap((revision) => noteOf(revision, history)?.fencingToken ?? []);
  return tokens.length === 0 ? null : Math.max(...tokens);
}
