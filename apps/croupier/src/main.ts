#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../package.json';
import { demoCommand } from './commands/demo-command';
import { statusCommand } from './commands/status-command';
import { upCommand } from './commands/up-command';
import { addAlerts } from './program/alerts';
import { addCache } from './program/cache';
import { addDeadLetters } from './program/dead-letters';
import { addFlags } from './program/flags';
import { addMigrate } from './program/migrate';
import { addVersions } from './program/versions';
import { stateOption } from './program/state-option';

const program = new Command('croupier')
  .description('Deals every casino player the right version of every game and module.')
  .version(packageJson.version, '-V, --version');

program
  .command('up')
  .description('run every service in this process; DATABASE_URL, AMQP_URL and REDIS_URL choose real parts')
  .option(...stateOption)
  .option('--free-ports', 'listen on free ports instead of 4000 to 4007')
  .option('--json', 'print the addresses as one JSON object')
  .action(upCommand);
program
  .command('demo')
  .description('ship a good, a failing and a slow version to 2,000 players and watch what happens')
  .option('--real', 'on PostgreSQL, RabbitMQ and Redis, with one process a service')
  .option('--json', 'print one JSON object as the last line')
  .action(demoCommand);
program
  .command('status')
  .description('which services are ready, and the latest releases')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(statusCommand);

for (const add of [addDeadLetters, addCache, addMigrate, addVersions, addFlags, addAlerts]) add(program);
program
  .command('version')
  .description('print the version')
  .action(() => void process.stdout.write(`${packageJson.version}\n`));

program.parseAsync().then(
  // Something the platform left open must not keep a finished command from ending.
  () => process.exit(),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
