import { execFileSync } from 'node:child_process';
import { croupierProgram } from '../../program/croupier-program';
import { completionScript } from './completion-script';

function completed(...words: readonly string[]): string[] {
  const script = `${completionScript('bash', croupierProgram())}
COMP_WORDS=(croupier "$@"); COMP_CWORD=$#; _croupier; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

describe('the completion of bash', () => {
  it('offers groups, their commands, and the options of those', () => {
    expect(completed('ro')).toEqual(['rollouts']);
    expect(completed('rollouts', 'p')).toEqual(['pause', 'promote']);
    expect(completed('rollouts', 'watch', 'acme/slots', '--ti')).toEqual(['--timeout']);
  });
});

describe('the completion of fish', () => {
  it('offers a group’s commands once the group is given', () => {
    expect(completionScript('fish', croupierProgram())).toContain(
      "-n '__fish_seen_subcommand_from rollouts; and not __fish_seen_subcommand_from ls get watch",
    );
  });
});
