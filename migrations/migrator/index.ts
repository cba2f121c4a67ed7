import { ModuleMigrations1763900000000 } from './1763900000000-module-migrations';

export const migratorMigrations = [ModuleMigrations1763900000000];
