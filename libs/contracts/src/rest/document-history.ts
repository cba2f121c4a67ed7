import { z } from 'zod';
import { Timestamp } from '../identifiers';

/** Why an operator changes something; kept with the change. */
export const Reason = z
  .string()
  .min(3)
  .max(500)
  // PostgreSQL stores neither U+0000 nor half of a surrogate pair.
  .regex(/^[^\0\p{Cs}]*$/u, 'must be text');

/** A deletion has no body, so its reason is in the query. */
export const DeletionQuery = z.object({ reason: Reason });

export const ChangeNote = z.object({ author: z.string(), reason: z.string(), at: Timestamp });
export type ChangeNote = z.infer<typeof ChangeNote>;

/** One entry of the append-only, hash-chained history of a document that operators write. */
export const DocumentChange = z.object({
  version: z.int().min(1),
  /** The document; null when there was none. */
  before: z.unknown(),
  /** The document; null when it was deleted. */
  after: z.unknown(),
  ...ChangeNote.shape,
  previousHash: z.string(),
  hash: z.string(),
});
export type DocumentChange = z.infer<typeof DocumentChange>;
