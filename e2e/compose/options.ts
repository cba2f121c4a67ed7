import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface ComposeOptions {
  /** Where podman keeps its images, and nothing else does: they are used again by the next run. */
  readonly state: string;
  /** Leave the stack as it is in the end. */
  readonly keep: boolean;
  /** Take the platform's images as an earlier run has built them. */
  readonly built: boolean;
}

export function composeOptions(args: readonly string[]): ComposeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      state: { type: 'string', default: '.croupier/compose' },
      keep: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
    },
  });
  return { ...values, state: resolve(values.state) };
}
