import { Invalidations1763900000000 } from './1763900000000-invalidations';

export const cacheMigrations = [Invalidations1763900000000];
