export { BUCKETS, bucketOf } from './bucket';
export type { Columns } from './columns';
export {
  bucketIn,
  continueSession,
  deal,
  dealBucket,
  findSubject,
  findVersion,
  type VersionGone,
} from './deal';
export { compileRoutes, updateRoutes, type RoutingTable } from './routing-table';
export { NOWHERE } from './subject';
export type { Dealt, DealtVersion, PinnedVersion, Subject, VersionNotes } from './subject';
export { xxh32 } from './xxh32';
