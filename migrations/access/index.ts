import { AccessTokens1763900094000 } from './1763900094000-access-tokens';

export const accessMigrations = [AccessTokens1763900094000];
