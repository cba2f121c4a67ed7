import { Command } from 'commander';
import { listEvents, replayEvents, showEvent } from '../commands/events/event-commands';
import type { ReplayOptions, SearchOptions } from '../commands/events/event-commands';
import { stateOption } from './state-option';

export function addEvents(program: Command): void {
  const events = program.command('events').description('accepted webhooks, as long as they are kept');
  searched(events.command('ls').description('the latest first'), '20').action((options: SearchOptions) =>
    listEvents(options),
  );
  events
    .command('get <id>')
    .description('one of them, with its body')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showEvent);
  searched(
    events
      .command('replay [ids...]')
      .description(
        'publish them once more: those named, or those that fit all of the options, the oldest first',
      )
      .requiredOption('--reason <text>', 'why; it is kept')
      .option('--as-new', 'as new events, so that everybody works on them again')
      .option('--dry-run', 'say which, and do nothing'),
    '1000',
  ).action((ids: string[], options: ReplayOptions) => replayEvents(ids, options));
}

function searched(command: Command, limit: string): Command {
  return command
    .option('--provider <name>', 'of one provider')
    .option('--type <type>', 'such as game.updated')
    .option('--webhook-id <id>', "with the provider's own id")
    .option('--since <time>', 'from this time on: RFC 3339, or how long ago, such as 2h')
    .option('--until <time>', 'before this time')
    .option('--contains <text>', 'with this text in the body')
    .option('--limit <number>', 'how many at most', limit)
    .option(...stateOption)
    .option('--json', 'print one JSON object');
}
