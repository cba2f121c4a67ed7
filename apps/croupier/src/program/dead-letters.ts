import type { Command } from 'commander';
import { listDeadLetters, resolveDeadLetters, showDeadLetter } from '../commands/dead-letters-command';
import type { ResolveOptions } from '../commands/dead-letters-command';
import { stateOption } from './state-option';

export function addDeadLetters(program: Command): void {
  const deadLetters = program
    .command('dead-letters')
    .description('messages that a service failed on at every attempt');
  deadLetters
    .command('list')
    .description('those that nobody has replayed or discarded yet')
    .option('--service <name>', 'of one service')
    .option('--type <type>', 'of one event type')
    .option('--resolved <state>', 'those that were replayed, or discarded, in the last 30 days')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listDeadLetters);
  deadLetters
    .command('show <dead-letter>')
    .description('the message, the error and its stack of one, such as registry/12')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showDeadLetter);
  for (const [command, description] of [
    ['replay', 'give them once more to the service that failed on them, and to no other'],
    ['discard', 'never give them to the service again'],
  ] as const)
    deadLetters
      .command(`${command} [dead-letters...]`)
      .description(description)
      .requiredOption('--reason <text>', 'why; it is kept with the dead letter')
      .option('--all', 'every open one')
      .option('--service <name>', 'with --all: of one service')
      .option('--type <type>', 'with --all: of one event type')
      .option(...stateOption)
      .option('--json', 'print one JSON object')
      .action((names: string[], options: ResolveOptions) => resolveDeadLetters(command, names, options));
}
