import type { Redis } from 'ioredis';

/**
 * One step of a scan, and the end of what it has found: no key crosses the network, and nobody waits in between. The keys
 * are those of the node that runs it. Scripts without a shebang may touch several slots, one at a time.
 */
const SWEEP = `
local answer = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local keys = answer[2]
local at_once = tonumber(ARGV[4])
if at_once > 0 then
  for first = 1, #keys, at_once do
    redis.call('UNLINK', unpack(keys, first, math.min(first + at_once - 1, #keys)))
  end
end
return { answer[1], #keys }
`;

/** `unpack` has a limit of about 8,000 values, and a scan may answer more keys than it was asked for. */
const MOST_AT_ONCE = 1_000;

interface WithSweep {
  croupierSweep(cursor: string, glob: string, count: number, unlinkAtOnce: number): Promise<[string, number]>;
}

export interface Sweeping {
  /** The next cursor, '0' at the end, and how many keys were found. */
  sweep(cursor: string, glob: string, count: number): Promise<[string, number]>;
}

export interface SweepOptions {
  /** Or else they are counted. */
  readonly unlink: boolean;
  /** A command in a cluster has to keep to one slot. */
  readonly inCluster: boolean;
}

export function sweepingOf(node: Redis, { unlink, inCluster }: SweepOptions): Sweeping {
  if (!('croupierSweep' in node)) node.defineCommand('croupierSweep', { lua: SWEEP, numberOfKeys: 0 });
  const defined = node as unknown as WithSweep;
  const atOnce = unlink ? (inCluster ? 1 : MOST_AT_ONCE) : 0;
  return { sweep: (cursor, glob, count) => defined.croupierSweep(cursor, glob, count, atOnce) };
}
