export { BUCKETS, bucketOf } from './bucket';
export {
  compileRoutes,
  deal,
  findVersion,
  updateRoutes,
  type Dealt,
  type PinnedVersion,
  type RoutingTable,
} from './routing-table';
export { xxh32 } from './xxh32';
