export { CacheClient, type CacheClientOptions } from './reading/cache-client';
export type { VersionedSpace, ReadOptions } from './reading/versioned-space';
export { openRedis, type RedisConnection } from './connection/open-redis';
export { isRedisAddress } from './connection/redis-address';
export { escapeGlob, globOf, matchesGlob } from './keyspace/glob';
export { KeyNames, spaceName } from './keyspace/key-names';
export type { KeySelector } from './keyspace/key-selector';
export { RedisPurger, type PurgeRun } from './purging/redis-purger';
