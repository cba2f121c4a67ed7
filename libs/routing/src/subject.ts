import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import type { Columns } from './columns';

/** What a new session gets. */
export type Dealt =
  DealtVersion | { readonly kind: 'unknown-subject' } | { readonly kind: 'market-not-certified' };

export interface DealtVersion {
  readonly kind: 'dealt';
  /** A fallback is dealt where stable is not served. */
  readonly role: 'stable' | 'canary' | 'fallback';
  /** The subject has other versions beside this one, and somebody may hold one against the other. */
  readonly compared: boolean;
  /** With which all answers begin that tell a player of it: of whoever deals it, and forgotten with it. */
  answer: string | undefined;
  /** What all session tokens say of it, likewise. */
  pin: string | undefined;
  /** That of its notes, where a launch finds it without a look into them. */
  place: number;
  readonly version: RoutedVersion;
  readonly notes: VersionNotes;
}

/** Where an open session goes on. `draining` versions take no new session. */
export interface PinnedVersion {
  readonly kind: 'pinned';
  readonly role: DealtVersion['role'] | 'draining';
  readonly compared: boolean;
  answer: string | undefined;
  pin: string | undefined;
  place: number;
  readonly version: RoutedVersion;
  readonly notes: VersionNotes;
}

/** What whoever deals a routed version has to say of it, in whatever role; forgotten with it. */
export interface VersionNotes {
  readonly provider: string;
  readonly game: string;
  /** Of the table that the version was routed by. Each of the version's markets is in it. */
  readonly columns: Columns;
  /** Where its numbers begin among all that are counted; `NOWHERE` while there are none. */
  place: number;
}

export const NOWHERE = -1;

export const UNKNOWN_SUBJECT: Dealt = Object.freeze({ kind: 'unknown-subject' });
export const MARKET_NOT_CERTIFIED: Dealt = Object.freeze({ kind: 'market-not-certified' });

/** One subject of a table. What it deals in a market is in the table's cells. */
export interface Subject {
  /** Its row of cells. */
  readonly row: number;
  /** Signed, as V8 keeps numbers of 32 bits in their place. */
  readonly salt: number;
  /** What is in slot 1, and most players get: found without a look into another place of memory. */
  readonly first: Dealt;
  /**
   * By slot, the answers that its cells may name. One answer for all players who get it, so that dealing allocates
   * nothing. Slot 0 deals nothing.
   */
  readonly slots: readonly Dealt[];
  readonly pinned: ReadonlyMap<string, PinnedVersion>;
  readonly revoked: ReadonlySet<string>;
  /** What gets copies of requests of players in the buckets below; null in most cases. */
  readonly mirror: { readonly version: RoutedVersion; readonly buckets: number } | null;
}

/** A cell: 14 bits for the canary's buckets in this market, 9 for the slot that they get, 9 for that of all others. */
const SLOT_BITS = 9;
const SLOT_MASK = (1 << SLOT_BITS) - 1;

export function bucketsOf(cell: number): number {
  return cell >>> (2 * SLOT_BITS);
}

export function canarySlotOf(cell: number): number {
  return (cell >>> SLOT_BITS) & SLOT_MASK;
}

export function commonSlotOf(cell: number): number {
  return cell & SLOT_MASK;
}

/** What a route deals in each market where it deals anything. A version that is revoked is in none of it. */
export function compileSubject(
  route: SubjectRoute,
  row: number,
  columns: Columns,
): { readonly subject: Subject; readonly cells: ReadonlyMap<string, number> } {
  const revoked: ReadonlySet<string> = new Set(route.revoked);
  const allowed = (routed: RoutedVersion): boolean => !revoked.has(routed.version);
  const canary = route.canary !== null && allowed(route.canary) ? freeze(route.canary) : null;
  const stable = freeze(route.stable);
  const fallbacks = route.fallbacks.filter(allowed).map(freeze);
  const compared = route.canary !== null || route.draining.length + route.fallbacks.length > 0;

  const notes = new Map<RoutedVersion, VersionNotes>();
  const notesOf = (version: RoutedVersion): VersionNotes => {
    const { provider, game } = route;
    const known = notes.get(version) ?? { provider, game, columns, place: NOWHERE };
    notes.set(version, known);
    return known;
  };
  const served = <Kind, Role>(kind: Kind, role: Role, version: RoutedVersion) => ({
    kind,
    role,
    compared,
    answer: undefined,
    pin: undefined,
    place: NOWHERE,
    version,
    notes: notesOf(version),
  });

  const slots: Dealt[] = [MARKET_NOT_CERTIFIED];
  const slotOf = new Map<RoutedVersion, number>();
  const slot = (version: RoutedVersion, role: DealtVersion['role']): number => {
    const known = slotOf.get(version);
    if (known !== undefined) return known;
    if (slots.length > SLOT_MASK)
      throw new Error(`${route.provider}/${route.game} deals more than ${SLOT_MASK} versions at a time`);
    slots.push(served('dealt', role, version));
    slotOf.set(version, slots.length - 1);
    return slots.length - 1;
  };

  const cells = new Map<string, number>();
  const markets = new Set([stable, ...fallbacks, ...(canary ? [canary] : [])].flatMap((it) => it.markets));
  for (const market of markets) {
    const certified = (version: RoutedVersion): boolean => version.markets.includes(market);
    const fallback = fallbacks.find(certified);
    let common = 0;
    if (allowed(stable) && certified(stable)) common = slot(stable, 'stable');
    else if (fallback) common = slot(fallback, 'fallback');
    const buckets = canary && certified(canary) ? (route.marketBuckets[market] ?? route.canaryBuckets) : 0;
    const taken = canary && buckets > 0 ? slot(canary, 'canary') : 0;
    cells.set(market, (buckets << (2 * SLOT_BITS)) | (taken << SLOT_BITS) | common);
  }

  const pinned = new Map<string, PinnedVersion>();
  const pin = (version: RoutedVersion, role: PinnedVersion['role']): void => {
    if (allowed(version)) pinned.set(version.version, served('pinned', role, version));
  };
  // The role that takes new sessions is told last, and so wins over those that do not.
  for (const draining of route.draining) pin(freeze(draining), 'draining');
  for (const fallback of [...fallbacks].reverse()) pin(fallback, 'fallback');
  if (canary) pin(canary, 'canary');
  pin(stable, 'stable');
  const { mirrorBuckets = 0 } = route;
  const mirror = canary && mirrorBuckets > 0 ? { version: canary, buckets: mirrorBuckets } : null;
  const first = slots[1] ?? MARKET_NOT_CERTIFIED;
  const salt = route.salt | 0;
  return { subject: Object.freeze({ row, salt, first, slots, pinned, revoked, mirror }), cells };
}

/**
 * A copy that neither the snapshot's owner nor a caller can change. Field by field: each frozen copy that is made by
 * spreading has a shape of its own to V8, which then looks up every field of it anew.
 */
function freeze({ version, digest, manifestUrl, endpoint, ...rest }: RoutedVersion): RoutedVersion {
  const markets = Object.freeze([...rest.markets]) as string[];
  if (rest.replicas === undefined) return Object.freeze({ version, digest, manifestUrl, endpoint, markets });
  const replicas = Object.freeze([...rest.replicas]) as string[];
  return Object.freeze({ version, digest, manifestUrl, endpoint, markets, replicas });
}
