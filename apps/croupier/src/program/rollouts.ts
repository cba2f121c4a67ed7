import { ReleaseStatus } from '@croupier/contracts';
import { Option, type Command } from 'commander';
import { listRollouts, type ListOptions } from '../commands/rollouts/list-rollouts';
import { showRollout } from '../commands/rollouts/show-rollout';
import { rollBack, steerRollout } from '../commands/rollouts/steer-rollout';
import { watchRollout } from '../commands/rollouts/watch-rollout';
import { actorOption } from './actor-option';
import { stateOption } from './state-option';

const ROLLOUT = '<rollout>';
const NAMED = 'an id, or as acme/slots or acme/slots@1.4.0 the one under way, else the last one';

export function addRollouts(program: Command): void {
  const rollouts = program
    .command('rollouts')
    .description('releases on their way to the players, and steering them');
  rollouts
    .command('ls')
    .description('newest first')
    .option('--provider <name>', 'of one provider')
    .option('--game <name>', 'of one game or module')
    .addOption(new Option('--status <status>', 'in one status').choices(ReleaseStatus.options))
    .option('--limit <number>', 'how many', '20')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => listRollouts(options));
  rollouts
    .command('get')
    .argument(ROLLOUT, NAMED)
    .description('one of them, with its evidence and its timeline as a tree')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showRollout);
  rollouts
    .command('watch')
    .argument(ROLLOUT, NAMED)
    .description(
      'follow one until it ends: a table on a terminal, lines elsewhere; the exit code tells how it ended',
    )
    .option('--timeout <seconds>', 'give up watching after this long; the rollout goes on')
    .option(...stateOption)
    .option('--json', 'print JSON lines')
    .action(watchRollout);
  for (const [command, description] of [
    ['pause', 'leave the weight where it is; a breach still rolls back'],
    ['resume', 'go on with one that is paused'],
    ['promote', 'leave out the remaining steps: you overrule the statistics'],
    ['skip', 'leave out the step under way'],
    ['abort', 'end one: back to stable when it has traffic, else it fails'],
    ['approve', 'say yes, where it waits for people'],
    ['reject', 'say no, where it waits for people'],
    ['override', 'in an emergency: go on without the approvals that lack; everybody is told'],
    ['retry', 'release the same version once more, after its end'],
  ] as const)
    rollouts
      .command(command)
      .argument(ROLLOUT, NAMED)
      .description(description)
      .requiredOption('--reason <text>', 'why; it is kept in the timeline')
      .option(...actorOption)
      .option(...stateOption)
      .option('--json', 'print one JSON object')
      .action((name: string, options: Parameters<typeof steerRollout>[2]) =>
        steerRollout(command, name, options),
      );
  rollouts
    .command('rollback')
    .argument(ROLLOUT, NAMED)
    .description('take one back: abort it in traffic, or release the version before one that is promoted')
    .option('--to <version>', 'of a promoted one: another version than the one before')
    .requiredOption('--reason <text>', 'why; it is kept in the timeline')
    .option(...actorOption)
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(rollBack);
}
