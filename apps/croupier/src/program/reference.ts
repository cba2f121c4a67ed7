import type { Argument, Command, Option } from 'commander';
import { EXIT_MEANINGS } from './exit-codes';

/** `docs/cli.md` begins with prose; what follows this line is made from the program. */
export const REFERENCE_MARK = '<!-- From here on made by `npm run docs:cli`. -->';

/** Every command with its arguments and options, and the exit codes, as Markdown. */
export function referenceOf(program: Command): string {
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
  const groups = program.commands.flatMap((command) => [`## ${command.name()}`, ...describe(command)]);
  return [REFERENCE_MARK, '## Exit codes', codes.join('\n'), ...groups].join('\n\n') + '\n';
}

function describe(command: Command): string[] {
  if (command.commands.length > 0)
    return [
      sentence(command.description()),
      ...command.commands.flatMap((each) => [`### ${command.name()} ${each.name()}`, ...describe(each)]),
    ];
  const lines = [
    ...command.registeredArguments.filter(({ description }) => description).map(argumentLine),
    ...command.options.map(optionLine),
  ];
  return [
    sentence(command.description()),
    `\`${usageOf(command)}\``,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
  ];
}

function usageOf(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name());
  const values = command.registeredArguments.map((argument) => {
    const shown = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${shown}>` : `[${shown}]`;
  });
  const needed = command.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags);
  return [...names, ...values, ...needed, ...(command.options.length > 0 ? ['[options]'] : [])].join(' ');
}

function argumentLine(argument: Argument): string {
  return `- \`${argument.name()}\`: ${argument.description}`;
}

function optionLine({ flags, description, defaultValue, argChoices, mandatory }: Option): string {
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices ? [argChoices.join(', ')] : []),
    ...(typeof defaultValue === 'string' ? [`\`${defaultValue}\` unless given`] : []),
  ];
  return `- \`${flags}\`: ${description}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
