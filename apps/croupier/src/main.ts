#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../package.json';
import { listDeadLetters, resolveDeadLetters, showDeadLetter } from './commands/dead-letters-command';
import type { ResolveOptions } from './commands/dead-letters-command';
import { demoCommand } from './commands/demo-command';
import { statusCommand } from './commands/status-command';
import { DEFAULT_STATE_DIRECTORY, upCommand } from './commands/up-command';
import { listVersions, revokeVersion, showVersion, whereVersions } from './commands/versions-command';

const program = new Command('croupier')
  .description('Deals every casino player the right version of every game and module.')
  .version(packageJson.version, '-V, --version');

const stateOption = [
  '--state <directory>',
  'where a local installation keeps its state',
  DEFAULT_STATE_DIRECTORY,
] as const;

program
  .command('up')
  .description('run every service in this process; DATABASE_URL, AMQP_URL and REDIS_URL choose real parts')
  .option(...stateOption)
  .option('--free-ports', 'listen on free ports instead of 4000 to 4006')
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

const versions = program.command('versions').description('what the registry knows of versions');
versions
  .command('ls')
  .description('those that fit all of the options')
  .option('--provider <name>', 'of one provider')
  .option('--game <name>', 'of one game or module')
  .option('--pool <pool>', 'candidate, staging, production, retired or revoked')
  .option('--channel <channel>', 'stable or beta')
  .option('--cleared-in <market>', 'that may be dealt in this market now')
  .option('--search <words>', 'whose title, names or release notes have these words')
  .option('--limit <count>', 'so many at most', '100')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(listVersions);
versions
  .command('show <version>')
  .description(
    'one, such as acme/slots@1.4.0: what it is, where it may be dealt, where it has been, its impact',
  )
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(showVersion);
versions
  .command('where')
  .description('what ran where, now or at any moment in the past')
  .option('--at <time>', 'such as 2026-01-31T12:00:00Z')
  .option('--provider <name>', 'of one provider')
  .option('--game <name>', 'of one game or module')
  .option('--pool <pool>', 'in one pool')
  .option('--limit <count>', 'so many at most', '100')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(whereVersions);
versions
  .command('revoke <version>')
  .description('take one out of every market, open sessions included, for good')
  .requiredOption('--reason <text>', 'why; it is kept and told')
  .option('--actor <name>', 'who revokes it, such as an address')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(revokeVersion);
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
