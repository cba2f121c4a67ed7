import type { Pool } from './pool';

export interface PooledVersion {
  readonly version: string;
  readonly pool: Pool;
  /** Time of the event that moved it last. */
  readonly poolChangedAt: Date | null;
}

export interface ReleaseNews {
  readonly kind: 'staged' | 'promoted' | 'rolled-back';
  readonly version: string;
  readonly at: Date;
  readonly reason: string;
}

export interface PoolMove {
  readonly version: string;
  readonly from: Pool;
  readonly to: Pool;
  readonly reason: string;
}

const DESTINATION = { staged: 'staging', promoted: 'production', 'rolled-back': 'retired' } as const;

/**
 * What the news moves, given the versions of its game. Events may come late or swapped, so a version follows the
 * newest event by the event's own time, and production belongs to the newest promotion.
 */
export function poolMoves(versions: readonly PooledVersion[], news: ReleaseNews): PoolMove[] {
  const subject = versions.find(({ version }) => version === news.version);
  if (!subject) return [];
  const to = DESTINATION[news.kind];
  if (news.kind !== 'promoted') return moves(subject, to, news, news.reason);

  const others = versions.filter(({ version, pool }) => version !== news.version && pool === 'production');
  const successor = others.find((other) => isNewer(other, news));
  if (successor) return moves(subject, 'retired', news, `${successor.version} was promoted later`);
  return [
    ...others.flatMap((other) => moves(other, 'retired', news, `${news.version} was promoted`)),
    ...moves(subject, to, news, news.reason),
  ];
}

function moves(version: PooledVersion, to: Pool, news: ReleaseNews, reason: string): PoolMove[] {
  if (version.pool === to || isNewer(version, news)) return [];
  return [{ version: version.version, from: version.pool, to, reason }];
}

function isNewer({ poolChangedAt }: PooledVersion, { at }: ReleaseNews): boolean {
  return poolChangedAt !== null && poolChangedAt > at;
}
