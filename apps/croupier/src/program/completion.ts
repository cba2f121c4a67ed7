import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../commands/completion/completion-script';

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose completion').choices(SHELLS))
    .description('print what a shell needs to complete commands: source <(croupier completion bash)')
    .action((shell: Shell) => void process.stdout.write(completionScript(shell, program)));
}
