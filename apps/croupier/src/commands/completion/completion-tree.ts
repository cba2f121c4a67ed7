import type { Command } from 'commander';

/** What can follow the words of one command. */
export interface CompletedCommand {
  /** Such as `rollouts watch`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly long: string; readonly description: string }[];
}

/** Every command, the program itself first. */
export function completedCommands(command: Command, path = ''): CompletedCommand[] {
  const own = {
    path,
    commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
    options: command.options.flatMap(({ long, description }) => (long ? [{ long, description }] : [])),
  };
  const below = command.commands.flatMap((each) =>
    completedCommands(each, path === '' ? each.name() : `${path} ${each.name()}`),
  );
  return [own, ...below];
}
