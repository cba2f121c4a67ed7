import type { Command } from 'commander';
import {
  createProvider,
  listProviders,
  pauseProvider,
  resumeProvider,
  rotateProvider,
  showProvider,
  testProvider,
} from '../commands/providers/provider-commands';
import { stateOption } from './state-option';

const secretFileOption = [
  '--secret-file <file>',
  'the secret to use, - for standard input; one is drawn unless given',
] as const;

export function addProviders(program: Command): void {
  const providers = program.command('providers').description('who sends webhooks, and by which secret');
  providers
    .command('ls')
    .description('all of them')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listProviders);
  providers
    .command('get <provider>')
    .description('one of them, with its settings')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showProvider);
  providers
    .command('create <provider>')
    .description('make one; its secret is printed, this once')
    .option('--settings <file>', 'JSON with signature, payload and the rest, - for standard input')
    .option(...secretFileOption)
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(createProvider);
  providers
    .command('rotate <provider>')
    .description('give it a new secret; it is printed, this once')
    .option('--overlap <seconds>', 'how long those before are accepted; a day unless given')
    .option(...secretFileOption)
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(rotateProvider);
  providers
    .command('pause <provider>')
    .description('answer its webhooks with 503, so that it sends them again later')
    .requiredOption('--reason <text>', 'why; it is kept with the provider')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(pauseProvider);
  providers
    .command('resume <provider>')
    .description('take its webhooks again')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(resumeProvider);
  providers
    .command('test <provider>')
    .description('send a signed sample the whole way, on which nobody acts')
    .option('--payload <file>', 'a body as the provider sends it, as JSON, - for standard input')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(testProvider);
}
