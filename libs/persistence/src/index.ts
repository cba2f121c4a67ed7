export { canonicalJson, GENESIS_HASH, linkHash } from './audit/hash-chain';
export {
  compareCatalogs,
  describeDifferences,
  type Catalog,
  type CatalogDifference,
  type CatalogObject,
} from './catalog/catalog';
export { readCatalog } from './catalog/read-catalog';
export { arrayParameter } from './binary/array-parameter';
export { Notifications } from './connection/notifications';
export {
  openDataSource,
  type DataSourceSettings,
  type EntityClass,
  type MigrationClass,
  type Transaction,
} from './connection/open-data-source';
export { queryIn, queryPrepared, queryPreparedIn } from './connection/queries';
export { isTransient } from './connection/transient-errors';
export { EmbeddedPostgres } from './embedded/embedded-postgres';
export { changePartitions, partitionsOf, type PartitionTurn } from './partitions/partitions';
export { freePort, freePorts } from './embedded/free-port';
