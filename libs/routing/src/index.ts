export { BUCKETS, bucketOf } from './bucket';
export {
  compileRoutes,
  deal,
  findVersion,
  type Dealt,
  type PinnedVersion,
  type RoutingTable,
} from './routing-table';
export { xxh32 } from './xxh32';
