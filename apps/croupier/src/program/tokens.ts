import type { Command } from 'commander';
import {
  createToken,
  listTokens,
  revokeToken,
  rotateToken,
  showWhoAmI,
  type CreateTokenOptions,
  type RotateTokenOptions,
} from '../commands/tokens/token-commands';
import { actorOption } from './actor-option';
import { stateOption } from './state-option';

const daysOption = ['--days <number>', 'when it expires, in days from now, 365 at most', '90'] as const;

export function addTokens(program: Command): void {
  const tokens = program.command('tokens').description('API tokens: who holds one, and what it may do');
  tokens
    .command('create <name>')
    .description('make one; it is printed, this once')
    .requiredOption('--holder <name>', 'the person or program that acts with it')
    .requiredOption(
      '--grant <grant...>',
      'role, role:subject or role:subject:markets, as releaser:acme/slots',
    )
    .requiredOption('--reason <text>', 'why; it is kept with the token')
    .option(...daysOption)
    .option(...actorOption)
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action((name: string, options: CreateTokenOptions) => createToken(name, options));
  tokens
    .command('ls')
    .description('all of them, newest first, without their secrets')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listTokens);
  tokens
    .command('revoke <id>')
    .description('end one for good, within seconds')
    .requiredOption('--reason <text>', 'why; it is kept with the token')
    .option(...actorOption)
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(revokeToken);
  tokens
    .command('rotate <id>')
    .description('give it another secret, and another end; it is printed, this once')
    .option(...daysOption)
    .option('--overlap <seconds>', 'how long the secret before goes on', '0')
    .option(...actorOption)
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action((id: string, options: RotateTokenOptions) => rotateToken(id, options));
  tokens
    .command('whoami')
    .description('whom the token of this command stands for, and what it may do')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showWhoAmI);
}
