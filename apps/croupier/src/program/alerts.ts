import type { Command } from 'commander';
import {
  listAlertChannels,
  listAlerts,
  retryAlert,
  showAlert,
  testAlertChannel,
} from '../commands/alerts-command';
import type { AlertsOptions } from '../commands/alerts-command';
import { stateOption } from './state-option';

export function addAlerts(program: Command): void {
  const alerts = program
    .command('alerts')
    .description('what people are told of, and whether it reached them');
  alerts
    .command('channels')
    .description('where alerts go, and by which routes')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listAlertChannels);
  alerts
    .command('test <channel>')
    .description('send a sample to a channel, and wait until it has arrived or is given up')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(testAlertChannel);
  alerts
    .command('list')
    .description('what was told, and is to be told, newest first')
    .option('--channel <name>', 'to one channel')
    .option('--only <state>', 'held, waiting, running, delivered, failed, digested or skipped')
    .option('--release <id>', 'of one release')
    .option('--limit <number>', 'how many', '20')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action((options: AlertsOptions) => listAlerts(options));
  alerts
    .command('show <delivery>')
    .description('one message to one channel, with every attempt')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showAlert);
  alerts
    .command('retry <delivery>')
    .description('try again what was given up')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(retryAlert);
}
