import { z } from 'zod';

/** How far a version has come: candidate, then staging, then production, then retired. */
export const Pool = z.enum(['candidate', 'staging', 'production', 'retired']);
export type Pool = z.infer<typeof Pool>;
