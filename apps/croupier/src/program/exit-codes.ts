import type { Command } from 'commander';

/** What the end of a command tells the shell. `docs/cli.md` has them from here. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  rolledBack: 3,
  failedBeforeTraffic: 4,
  deadline: 5,
} as const;

export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.done, 'done; for `rollouts watch`: the version is promoted'],
  [
    EXIT.failed,
    'not done: a service refused or did not answer, something of several went wrong, or what was tested failed',
  ],
  [EXIT.usage, 'wrong usage: an unknown command or option, or one that is missing'],
  [EXIT.rolledBack, '`rollouts watch`: the version was rolled back'],
  [EXIT.failedBeforeTraffic, '`rollouts watch`: the release failed before it had traffic'],
  [EXIT.deadline, '`rollouts watch`: it has not ended within `--timeout`'],
  [130, 'stopped by Ctrl-C'],
];

/** Commander itself ends every error with 1. Help and the version are none. */
export function endUsageErrorsWith(code: number, program: Command): void {
  program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : code));
  for (const command of program.commands) endUsageErrorsWith(code, command);
}
