import { z } from 'zod';
import { Market, SemVer, Sha256, Slug, Timestamp } from './identifiers';

export const LaunchQuery = z.object({ player: z.string().min(1).max(128), market: Market });
export type LaunchQuery = z.infer<typeof LaunchQuery>;

export const Launch = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  digest: Sha256,
  manifestUrl: z.url(),
  /** Path on the gateway under which this session plays. */
  playPath: z.string(),
  /** Bearer token that pins the session to its version. */
  sessionToken: z.string(),
  expiresAt: Timestamp,
});
export type Launch = z.infer<typeof Launch>;
