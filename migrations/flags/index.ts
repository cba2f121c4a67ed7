import { Flags1763900000000 } from './1763900000000-flags';

export const flagsMigrations = [Flags1763900000000];
