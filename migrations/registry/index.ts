import { VersionsAndPools1763900000000 } from './1763900000000-versions-and-pools';

export const registryMigrations = [VersionsAndPools1763900000000];
