import type { Redis } from 'ioredis';

/** One step of a scan, and the end of what it has found: no key crosses the network, and nobody waits in between. */
const SWEEP = `
local answer = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local keys = answer[2]
if ARGV[4] == '1' then
  -- unpack has a limit of about 8,000 values; a scan may answer more keys than it was asked for.
  for first = 1, #keys, 1000 do
    redis.call('UNLINK', unpack(keys, first, math.min(first + 999, #keys)))
  end
end
return { answer[1], #keys }
`;

interface WithSweep {
  croupierSweep(cursor: string, glob: string, count: number, unlink: 0 | 1): Promise<[string, number]>;
}

export interface Sweeping {
  /** The next cursor, '0' at the end, and how many keys were found. */
  sweep(cursor: string, glob: string, count: number, unlink: boolean): Promise<[string, number]>;
}

export function defineSweep(node: Redis): Sweeping {
  if (!('croupierSweep' in node)) node.defineCommand('croupierSweep', { lua: SWEEP, numberOfKeys: 0 });
  const defined = node as unknown as WithSweep;
  return {
    sweep: (cursor, glob, count, unlink) => defined.croupierSweep(cursor, glob, count, unlink ? 1 : 0),
  };
}
