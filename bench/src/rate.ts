const ROUND_MS = 150;
const CALLS_PER_LOOK = 2_000;

/**
 * Calls per second of each contestant: the best of several rounds, which take turns so that a disturbance of
 * the machine hits all of them alike.
 */
export function ratesOf<Name extends string>(
  contestants: Readonly<Record<Name, (turn: number) => unknown>>,
  rounds = 9,
): Record<Name, number> {
  const entries = Object.entries(contestants) as [Name, (turn: number) => unknown][];
  const best = Object.fromEntries(entries.map(([name]) => [name, 0])) as Record<Name, number>;
  for (let round = 0; round < rounds; round += 1)
    for (const [name, call] of entries) best[name] = Math.max(best[name], callsPerSecond(call));
  return best;
}

/** What the calls answer; without a use of it, the engine could leave the calls out. */
export let lastAnswer: unknown;

function callsPerSecond(call: (turn: number) => unknown): number {
  const startedAt = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let turn = 0; turn < CALLS_PER_LOOK; turn += 1) lastAnswer = call(turn);
    calls += CALLS_PER_LOOK;
    elapsedMs = performance.now() - startedAt;
  }
  return (calls / elapsedMs) * 1000;
}
