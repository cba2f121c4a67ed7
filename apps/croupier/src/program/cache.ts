import type { Command } from 'commander';
import {
  cancelCacheJob,
  listCacheJobs,
  listCacheTargets,
  purgeCaches,
  showCacheJob,
} from '../commands/cache-command';
import type { CacheJobsOptions, PurgeOptions } from '../commands/cache-command';
import { stateOption } from './state-option';

export function addCache(program: Command): void {
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
}
