import { Command, Option } from 'commander';
import packageJson from '../../package.json';
import { demoCommand } from '../commands/demo-command';
import { schemasCommand } from '../commands/schemas-command';
import { statusCommand } from '../commands/status-command';
import { upCommand } from '../commands/up-command';
import { addAlerts } from './alerts';
import { addAudit } from './audit';
import { addCache } from './cache';
import { addCompletion } from './completion';
import { addDeadLetters } from './dead-letters';
import { addEvents } from './events';
import { addFlags } from './flags';
import { addMigrate } from './migrate';
import { addProviders } from './providers';
import { addRollouts } from './rollouts';
import { stateOption } from './state-option';
import { addTokens } from './tokens';
import { addVersions } from './versions';

const GROUPS = [
  addRollouts,
  addProviders,
  addEvents,
  addDeadLetters,
  addCache,
  addMigrate,
  addVersions,
  addFlags,
  addAlerts,
  addTokens,
  addAudit,
  addCompletion,
];

/** The whole command line: what runs, what is completed, and what `docs/cli.md` describes. */
export function croupierProgram(): Command {
  const program = new Command('croupier')
    .description('Deals every casino player the right version of every game and module.')
    .version(packageJson.version, '-V, --version');

  program
    .command('up')
    .description('run every service in this process; DATABASE_URL, AMQP_URL and REDIS_URL choose real parts')
    .option(...stateOption)
    .option('--free-ports', 'listen on free ports instead of 4000 to 4010')
    .option('--json', 'print the addresses as one JSON object')
    .action(upCommand);
  program
    .command('demo')
    .description('ship a good, a failing and a slow version to 2,000 players and watch what happens')
    .option('--real', 'on PostgreSQL, RabbitMQ and Redis, with one process a service')
    .addOption(
      new Option(
        '--running',
        'on the platform that AGGREGATOR_URL and the rest name, once for each of its databases',
      ).conflicts('real'),
    )
    .option(
      '--reached-as <host>',
      'with --running: by which host that platform reaches this one',
      '127.0.0.1',
    )
    .option(...stateOption)
    .option('--json', 'print one JSON object as the last line')
    .action(demoCommand);
  program
    .command('status')
    .description('which services are ready, and the latest releases')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(statusCommand);
  program
    .command('schemas')
    .description("bring the services' schemas in DATABASE_URL up to date, and start nothing")
    .action(schemasCommand);

  for (const add of GROUPS) add(program);
  program
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${packageJson.version}\n`));
  return program;
}
