import { z } from 'zod';

/** A service has failed on a message at every attempt, and keeps it as a dead letter. */
export const MessageDead = z.object({
  /** Whose dead letter it is. */
  service: z.string(),
  messageId: z.string(),
  messageType: z.string(),
  error: z.string(),
  /** Deliveries that were tried. */
  attempts: z.int().min(0),
});
export type MessageDead = z.infer<typeof MessageDead>;
