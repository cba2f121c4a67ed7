#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../package.json';
import {
  listAlertChannels,
  listAlerts,
  retryAlert,
  showAlert,
  testAlertChannel,
} from './commands/alerts-command';
import type { AlertsOptions } from './commands/alerts-command';
import {
  cancelCacheJob,
  listCacheJobs,
  listCacheTargets,
  purgeCaches,
  showCacheJob,
} from './commands/cache-command';
import type { CacheJobsOptions, PurgeOptions } from './commands/cache-command';
import { listDeadLetters, resolveDeadLetters, showDeadLetter } from './commands/dead-letters-command';
import type { ResolveOptions } from './commands/dead-letters-command';
import { demoCommand } from './commands/demo-command';
import { listFlags, orderFlag } from './commands/flags-command';
import {
  applyMigrations,
  baselineModule,
  cancelMigrations,
  listMigrationRuns,
  planMigrations,
  repairModule,
  showMigrationStatus,
  undoMigrations,
  validateMigrations,
} from './commands/migrate-command';
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

const cache = program.command('cache').description('what Redis and CDNs hold of games and modules');
cache
  .command('purge')
  .description(
    'remove it everywhere, in the order of the options: a URL begins with /, anything else is a key',
  )
  .option('--key <key...>', 'single entries')
  .option('--prefix <prefix...>', 'what begins so')
  .option('--pattern <pattern...>', '* stands for any text, ? for one character')
  .option('--tag <tag...>', 'what carries the surrogate key')
  .option('--app <version...>', 'what one version has cached, such as acme/slots@1.0.0')
  .option('--everything', 'all that the targets hold for this installation; needs --target')
  .option('--target <name...>', 'of these caches; of all that can unless given')
  .option('--verify <path...>', 'URL paths that have to be as at the origin afterwards')
  .option('--dry-run', 'say how much would go, and let it stay')
  .option('--no-wait', 'do not wait until it is done')
  .requiredOption('--reason <text>', 'why; it is kept with the job')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action((options: PurgeOptions) => purgeCaches(options));
cache
  .command('jobs')
  .description('what was purged, and is being purged, newest first')
  .option('--subject <provider/game>', 'of one game or module')
  .option('--only <state>', 'running, done, failed or cancelled')
  .option('--limit <number>', 'how many', '20')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action((options: CacheJobsOptions) => listCacheJobs(options));
cache
  .command('job <id>')
  .description('what one job has done to each cache')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(showCacheJob);
cache
  .command('cancel <id>')
  .description('leave out what a job has not begun')
  .requiredOption('--reason <text>', 'why; it is kept with the job')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(cancelCacheJob);
cache
  .command('targets')
  .description('the caches that are purged')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(listCacheTargets);
const migrate = program.command('migrate').description('schema migrations of modules, release or no release');
migrate
  .command('plan <module> <folder>')
  .description('try the scripts of a folder on a copy of a schema: SQL, locks, lint; changes nothing')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(planMigrations);
migrate
  .command('validate <module> <folder>')
  .description('whether the scripts of a folder could be applied to a module such as acme/wallet')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(validateMigrations);
migrate
  .command('apply <module> <folder>')
  .description('try the scripts of a folder, and apply what is pending')
  .requiredOption('--module-version <version>', 'the version of the module that they belong to')
  .requiredOption('--reason <text>', 'why; it is kept with the run')
  .option('--actor <name>', 'who applies them, such as an address')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(applyMigrations);
migrate
  .command('undo <run>')
  .description('undo what a run has applied')
  .requiredOption('--reason <text>', 'why; it is kept with the run')
  .option('--force', 'also when rows are lost, or an undo has failed before')
  .option('--actor <name>', 'who undoes it, such as an address')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(undoMigrations);
migrate
  .command('cancel <run>')
  .description('stop a run that is being applied; what it has done is taken back')
  .requiredOption('--reason <text>', 'why; it is kept with the run')
  .option('--actor <name>', 'who cancels it, such as an address')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(cancelMigrations);
migrate
  .command('runs [module]')
  .description('what was applied and undone, and is under way, newest first')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(listMigrationRuns);
migrate
  .command('status [module]')
  .description('which version each schema has, in each environment and database of a tenant')
  .option('--drift', 'compare each schema with what its history says')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(showMigrationStatus);
migrate
  .command('baseline <module> <version>')
  .description('say of a schema that was made by other means that it has everything up to a version')
  .requiredOption('--reason <text>', 'why; it stands in the history')
  .option('--actor <name>', 'who says so, such as an address')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(baselineModule);
migrate
  .command('repair <module>')
  .description('take the rows of failed scripts out of the history')
  .option(...stateOption)
  .option('--json', 'print one JSON object')
  .action(repairModule);
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
const alerts = program.command('alerts').description('what people are told of, and whether it reached them');
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
