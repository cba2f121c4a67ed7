import { z } from 'zod';
import { Market, Slug, SubjectId, Timestamp } from '../identifiers';
import { ChangeNote, Reason } from './document-history';

const MINUTE_MS = 60_000;

/** Which releases stand still. Null fits every one. */
export const FreezeScope = z
  .strictObject({
    provider: Slug.nullable().default(null),
    /** `provider/game`: a game or a module. */
    subject: SubjectId.nullable().default(null),
    /** Kept for people: a market's freeze holds all releases within the rest of the scope. */
    market: Market.nullable().default(null),
  })
  .refine(({ provider, subject }) => provider === null || subject === null, {
    path: ['provider'],
    error: 'must be left out beside a subject, which names its provider',
  });
export type FreezeScope = z.infer<typeof FreezeScope>;

/** When it holds: again and again from each time that the pattern names, or once. */
export const FreezeWindow = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('recurring'),
    /** Minute, hour, day of month, month, day of week, in the time zone's wall clock time: `0 18 * * FRI`. */
    cron: z.string().max(200),
    /** IANA name: `Europe/Malta`. */
    timeZone: z.string().max(64),
    /** Elapsed time, also where clocks are changed meanwhile. */
    durationMs: z
      .int()
      .min(MINUTE_MS)
      .max(31 * 24 * 60 * MINUTE_MS),
  }),
  z.strictObject({ kind: z.literal('once'), from: Timestamp, to: Timestamp }),
]);
export type FreezeWindow = z.infer<typeof FreezeWindow>;

const DOCUMENT = { scope: FreezeScope.prefault({}), window: FreezeWindow };

export const FreezeDocument = z.strictObject(DOCUMENT);
export type FreezeDocument = z.infer<typeof FreezeDocument>;

export const FreezeOrder = z.strictObject({ ...DOCUMENT, reason: Reason });
export type FreezeOrder = z.infer<typeof FreezeOrder>;

export const FreezeView = z.object({
  name: Slug,
  /** Rises by one with every change, and is the ETag. */
  version: z.int().min(1),
  ...DOCUMENT,
  /** Whether it holds at the moment asked about. */
  frozen: z.boolean(),
  /** The time in which it holds, or else the next one; null when there is none any more. */
  interval: z.object({ from: Timestamp, until: Timestamp }).nullable(),
  changed: ChangeNote,
});
export type FreezeView = z.infer<typeof FreezeView>;
