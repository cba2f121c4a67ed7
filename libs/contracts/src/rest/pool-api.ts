import { z } from 'zod';
import { GameVersionId, Market, SemVer, Slug, Timestamp } from '../identifiers';

/** How far a version has come: candidate, then staging, then production, then retired; or revoked, for good. */
export const Pool = z.enum(['candidate', 'staging', 'production', 'retired', 'revoked']);
export type Pool = z.infer<typeof Pool>;

export const WhereQuery = z.object({
  /** The moment asked about; now unless given. */
  at: Timestamp.optional(),
  provider: Slug.optional(),
  game: Slug.optional(),
  pool: Pool.optional(),
  /** What was dealt there. */
  market: Market.optional(),
});
export type WhereQuery = z.infer<typeof WhereQuery>;

/** A version's time in a pool. */
export const PoolStay = z.object({
  id: GameVersionId,
  provider: Slug,
  game: Slug,
  version: SemVer,
  pool: Pool,
  from: Timestamp,
  /** Null while it lasts. */
  to: Timestamp.nullable(),
  /** Why it came here. */
  reason: z.string(),
  /** Of the event that brought it here. */
  eventId: z.string(),
});
export type PoolStay = z.infer<typeof PoolStay>;

/** A version that was somewhere at a moment, with what it had of the traffic then. */
export const Whereabouts = PoolStay.extend({
  /** Share of new sessions in percent, where it was dealt: the highest of all markets for a canary. */
  weightPercent: z.number(),
  role: z.enum(['stable', 'canary']).nullable(),
  /** Share of the new sessions in each market where it was dealt, in percent; null where that was not told. */
  markets: z.record(Market, z.number()).nullable().optional(),
});
export type Whereabouts = z.infer<typeof Whereabouts>;
