import { bucketOf } from './bucket';
import type { RoutingTable } from './routing-table';
import {
  bucketsOf,
  canarySlotOf,
  commonSlotOf,
  MARKET_NOT_CERTIFIED,
  UNKNOWN_SUBJECT,
  type Dealt,
  type PinnedVersion,
  type Subject,
} from './subject';

/** Undefined when the table does not name it. */
export function findSubject(table: RoutingTable, provider: string, game: string): Subject | undefined {
  return table.subjects.get(provider)?.get(game);
}

/** Where a player is in the subject's waves. */
export function bucketIn({ salt }: Subject, player: string): number {
  return bucketOf(player, salt);
}

/** Which version a new session of a player in this bucket gets in the market of this column. */
export function dealBucket(table: RoutingTable, subject: Subject, bucket: number, column: number): Dealt {
  const cell = table.cells[subject.row * table.stride + column] as number;
  const slot = bucket < bucketsOf(cell) ? canarySlotOf(cell) : commonSlotOf(cell);
  return slot === 1 ? subject.first : (subject.slots[slot] as Dealt);
}

/** Which version a new session of this player gets in this market. */
export function deal(
  table: RoutingTable,
  provider: string,
  game: string,
  player: string,
  market: string,
): Dealt {
  const subject = findSubject(table, provider, game);
  if (subject === undefined) return UNKNOWN_SUBJECT;
  return dealIn(table, subject, player, market);
}

function dealIn(table: RoutingTable, subject: Subject, player: string, market: string): Dealt {
  const column = table.columns.of.get(market);
  if (column === undefined) return MARKET_NOT_CERTIFIED;
  return dealBucket(table, subject, bucketIn(subject, player), column);
}

/** The version a session was pinned to, while it is still routed in whatever role. */
export function findVersion(
  table: RoutingTable,
  provider: string,
  game: string,
  version: string,
): PinnedVersion | undefined {
  return findSubject(table, provider, game)?.pinned.get(version);
}

/** What a session's token tells of it. */
export interface PinnedSession {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly player: string;
  readonly market: string;
}

/** Nothing routes the session's version any more, and nothing says that it was revoked. */
export interface VersionGone {
  readonly kind: 'version-gone';
}

const VERSION_GONE: VersionGone = Object.freeze({ kind: 'version-gone' });

/**
 * Where an open session goes on: `pinned` on the version that it began with; `dealt` on another, when its own was
 * revoked, or may not be served in its market any more.
 */
export function continueSession(
  table: RoutingTable,
  session: PinnedSession,
): PinnedVersion | Dealt | VersionGone {
  const { provider, game, version, player, market } = session;
  const subject = findSubject(table, provider, game);
  if (subject === undefined) return VERSION_GONE;
  const pinned = subject.pinned.get(version);
  if (pinned === undefined && !subject.revoked.has(version)) return VERSION_GONE;
  if (pinned?.version.markets.includes(market)) return pinned;
  return dealIn(table, subject, player, market);
}
