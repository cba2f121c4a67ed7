export {
  openDataSource,
  type DataSourceSettings,
  type EntityClass,
  type MigrationClass,
  type Transaction,
} from './connection/open-data-source';
export { EmbeddedPostgres } from './embedded/embedded-postgres';
