import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../connection/open-redis';

/** A generation that is forgotten is replaced by a new one, and its entries count for nothing: safe, and rare enough. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

/**
 * A generation is drawn, never counted: were the name of the current one lost to an eviction, a counter would begin again
 * and take entries of its first life for current.
 */
export async function newGeneration(redis: RedisConnection, name: string): Promise<string> {
  const generation = randomUUID();
  await redis.set(name, generation, 'EX', KEPT_SECONDS);
  return generation;
}

/** The current generation; drawn when there is none. */
export async function firstGeneration(redis: RedisConnection, name: string): Promise<string> {
  const drawn = randomUUID();
  const made = await redis.set(name, drawn, 'EX', KEPT_SECONDS, 'NX');
  return made === 'OK' ? drawn : ((await redis.get(name)) ?? drawn);
}
