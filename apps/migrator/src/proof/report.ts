import type { CatalogDifference } from '@croupier/persistence';
import type { Finding } from '../lint/finding';

export interface HeldLock {
  readonly relation: string;
  /** As in https://www.postgresql.org/docs/current/explicit-locking.html, such as `AccessExclusiveLock`. */
  readonly mode: string;
}

export interface ProvenStatement {
  readonly script: string;
  readonly line: number;
  readonly sql: string;
  readonly durationMs: number;
  /** The locks that it newly took on what was there before it. They are held until the commit. */
  readonly locks: readonly HeldLock[];
  /** Tables whose rows it wrote anew. */
  readonly rewrites: readonly string[];
}

/** What is known of a release's migrations before they touch production. */
export interface ProofReport {
  /** Where it was tried: on a copy of the schema, or on the schema itself in a transaction that was taken back. */
  readonly ground: { readonly kind: 'shadow' } | { readonly kind: 'rolled-back'; readonly why: string };
  readonly findings: readonly Finding[];
  /** What the engine says it would run, its own bookkeeping included; null when that is the scripts as they are. */
  readonly sql: string | null;
  readonly statements: readonly ProvenStatement[];
  /** What the migrations change in the schema. */
  readonly changes: readonly CatalogDifference[];
  /** In what production differs from what its history says. */
  readonly drift: readonly CatalogDifference[];
  /** Whether all of it was undone and applied again, with equal catalogs; null when it was not tried. */
  readonly undone: boolean | null;
}
