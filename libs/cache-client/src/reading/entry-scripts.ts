import type { RedisConnection } from '../connection/open-redis';

/*
 * An entry is one hash: v the value, g the generation it belongs to, f until when it is fresh (epoch milliseconds), and of
 * the refill under way l the token, u until when it counts (by the clock of Redis), lg the generation. All of it is in one
 * key, so that whatever removes the entry ends the refill, too: it may have read what the removal was about.
 */

const LEAD = `
local entry = redis.call('HMGET', KEYS[1], 'v', 'g', 'f', 'l', 'u', 'lg')
local current = entry[1] and entry[2] == ARGV[1]
if current and tonumber(entry[3]) > tonumber(ARGV[2]) then return { 'fresh', entry[1], entry[3] } end
local value = current and entry[1] or false
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if entry[4] and tonumber(entry[5]) > now and entry[6] == ARGV[1] then return { 'led', value } end
redis.call('HSET', KEYS[1], 'l', ARGV[3], 'u', now + tonumber(ARGV[4]), 'lg', ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return { 'lead', value }
`;

const STORE = `
if redis.call('HGET', KEYS[1], 'l') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'g', ARGV[3], 'f', ARGV[4])
redis.call('HDEL', KEYS[1], 'l', 'u', 'lg')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`;

const GIVE_UP = `
if redis.call('HGET', KEYS[1], 'l') == ARGV[1] then redis.call('HDEL', KEYS[1], 'l', 'u', 'lg') end
return 0
`;

const INDEX = `
redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`;

export type Lead =
  | readonly ['fresh', value: string, freshUntilMs: string]
  /** Somebody else refills it. The value is there when it may be served meanwhile. */
  | readonly ['led', stale: string | null]
  /** This caller refills it. */
  | readonly ['lead', stale: string | null];

export interface EntryScripts {
  croupierLead(
    entry: string,
    generation: string,
    nowMs: number,
    token: string,
    leaseMs: number,
  ): Promise<Lead>;
  /** 1, or 0 when the refill does not count any more. */
  croupierStore(
    entry: string,
    token: string,
    value: string,
    generation: string,
    freshUntilMs: number,
    ttlMs: number,
  ): Promise<0 | 1>;
  croupierGiveUp(entry: string, token: string): Promise<0>;
  croupierIndex(tag: string, key: string, ttlMs: number): Promise<0>;
}

export function entryScripts(redis: RedisConnection): EntryScripts {
  if (!('croupierLead' in redis))
    for (const [name, lua] of Object.entries({
      croupierLead: LEAD,
      croupierStore: STORE,
      croupierGiveUp: GIVE_UP,
      croupierIndex: INDEX,
    }))
      redis.defineCommand(name, { lua, numberOfKeys: 1 });
  return redis as unknown as EntryScripts;
}
