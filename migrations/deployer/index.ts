import { ReleasesAndRollouts1763900000000 } from './1763900000000-releases-and-rollouts';

export const deployerMigrations = [ReleasesAndRollouts1763900000000];
