import { z } from 'zod';
import type { Stack } from '../stack';

const DEMO_TIMEOUT_MS = 600_000;

/** As much of what the demo ends with as the verdict tells on. */
const Outcome = z.object({
  ok: z.boolean(),
  promoted: z.array(z.string()),
  rolledBack: z.array(z.string()),
  stable: z.string(),
  requests: z.int(),
  droppedRequests: z.int(),
  sessionsMoved: z.int(),
  detectMs: z.record(z.string(), z.number().nullable()),
  switchMs: z.record(z.string(), z.number().nullable()),
  seconds: z.number(),
});
export type DemoOutcome = z.infer<typeof Outcome>;

const COMMAND = 'node apps/croupier/dist/main.js demo --running --reached-as demo --json';

/** Plays the demo in a container beside the stack. It ends with an error when a claim of it did not hold. */
export async function playDemo(stack: Stack): Promise<DemoOutcome> {
  const printed = await stack.once('demo', COMMAND.split(' '), DEMO_TIMEOUT_MS);
  return Outcome.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
}
