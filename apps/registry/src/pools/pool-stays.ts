import type { Pool } from '@croupier/contracts';

/** In the order in which they take effect when they happened at the same time. */
const KINDS = ['registered', 'staged', 'promoted', 'rolled-back', 'failed', 'revoked'] as const;
export type PoolFactKind = (typeof KINDS)[number];

/** Something that was told of a version of a game. */
export interface PoolFact {
  readonly version: string;
  readonly kind: PoolFactKind;
  readonly at: Date;
  readonly reason: string;
  readonly eventId: string;
}

/** A version's time in a pool; `to` is null while it lasts. */
export interface PoolStay {
  readonly version: string;
  readonly pool: Pool;
  readonly from: Date;
  readonly to: Date | null;
  readonly reason: string;
  readonly eventId: string;
}

/** From where each fact moves its version. From elsewhere it does not: a version is staged again, say, while it is dealt. */
const MOVES: Record<PoolFactKind, { readonly to: Pool; readonly from: readonly (Pool | null)[] }> = {
  registered: { to: 'candidate', from: [null] },
  staged: { to: 'staging', from: [null, 'candidate', 'retired'] },
  promoted: { to: 'production', from: [null, 'candidate', 'staging', 'retired'] },
  'rolled-back': { to: 'retired', from: [null, 'candidate', 'staging', 'production'] },
  failed: { to: 'retired', from: [null, 'candidate', 'staging'] },
  revoked: { to: 'revoked', from: [null, 'candidate', 'staging', 'production', 'retired'] },
};

/**
 * Where each version of a game has been, given all that was told of it, in whatever order it was told. One version at a
 * time is in production: it is retired when another one is promoted.
 */
export function poolStays(facts: readonly PoolFact[]): PoolStay[] {
  const past: PoolStay[] = [];
  const present = new Map<string, PoolStay>();
  function move(version: string, pool: Pool, { at, eventId }: PoolFact, reason: string): void {
    const left = present.get(version);
    // Where it was for no time it has not been.
    if (left && left.from < at) past.push({ ...left, to: at });
    present.set(version, { version, pool, from: at, to: null, reason, eventId });
  }
  for (const fact of [...facts].sort(inOrder)) {
    const { to, from } = MOVES[fact.kind];
    if (!from.includes(present.get(fact.version)?.pool ?? null)) continue;
    if (to === 'production')
      for (const { version, pool } of [...present.values()])
        if (pool === 'production') move(version, 'retired', fact, `${fact.version} was promoted`);
    move(fact.version, to, fact, fact.reason);
  }
  return [...past, ...present.values()];
}

function inOrder(a: PoolFact, b: PoolFact): number {
  return (
    a.at.getTime() - b.at.getTime() ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    compareText(a.eventId, b.eventId)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
