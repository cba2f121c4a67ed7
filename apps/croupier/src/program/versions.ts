import type { Command } from 'commander';
import { listVersions, revokeVersion, showVersion, whereVersions } from '../commands/versions-command';
import { stateOption } from './state-option';

export function addVersions(program: Command): void {
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
    .option('--market <market>', 'dealt in one market')
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
}
