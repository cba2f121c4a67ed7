import type { Command } from 'commander';
import { listFlags, orderFlag } from '../commands/flags-command';
import { stateOption } from './state-option';

export function addFlags(program: Command): void {
  const flags = program.command('flags').description('feature flags: how they stand, and turning them');
  flags
    .command('list')
    .description('all flags, with how they stand in each environment')
    .option('--prefix <text>', 'those whose names begin so')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listFlags);
  for (const [order, description] of [
    ['on', 'turn a flag on where releases do'],
    ['off', 'turn a flag off where releases do'],
    ['kill', 'off in every environment, without approval, until it is revived'],
    ['revive', 'on again where it was on when it was killed'],
  ] as const)
    flags
      .command(`${order} <flag>`)
      .description(description)
      .requiredOption('--reason <text>', 'why; it is kept with the change')
      .option('--environment <name>', 'with on and off: in another environment')
      .option(...stateOption)
      .option('--json', 'print one JSON object')
      .action((name: string, options: Parameters<typeof orderFlag>[2]) => orderFlag(order, name, options));
}
