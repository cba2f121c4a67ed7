import type { Command } from 'commander';
import { completedCommands } from './completion-tree';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, program: Command): string {
  switch (shell) {
    case 'bash':
      return bash(program);
    case 'zsh':
      return `#compdef croupier\nautoload -U +X bashcompinit && bashcompinit\n${bash(program)}`;
    case 'fish':
      return fish(program);
    default:
      return shell satisfies never;
  }
}

/** Finds the command by the words before, options left out, and offers what may follow it. */
function bash(program: Command): string {
  const cases = completedCommands(program).map(({ path, commands, options }) => {
    const words = [...commands.map(({ name }) => name), ...options.map(({ long }) => long), '--help'];
    return `    '${path}') words='${words.join(' ')}' ;;`;
  });
  const paths = completedCommands(program).map(({ path }) => `'${path}'`);
  return `_croupier() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' words='' next index
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
      ${paths.slice(1).join(' | ')}) path=$next ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _croupier croupier
`;
}

function fish(program: Command): string {
  const lines = completedCommands(program).flatMap(({ path, commands, options }) => {
    const names = path.split(' ').filter((name) => name !== '');
    const others = commands.map(({ name }) => name).join(' ');
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`);
    const open = others === '' ? [] : [`not __fish_seen_subcommand_from ${others}`];
    const when = (conditions: readonly string[]): string =>
      conditions.length === 0 ? '' : ` -n '${conditions.join('; and ')}'`;
    return [
      ...commands.map(
        ({ name, description }) =>
          `complete -c croupier -f${when([...seen, ...open])} -a ${name} -d ${quoted(description)}`,
      ),
      ...options.map(
        ({ long, description }) =>
          `complete -c croupier${when(seen)} -l ${long.slice(2)} -d ${quoted(description)}`,
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
