import { styleText } from 'node:util';

type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

export interface Colours {
  (style: Style, text: string): string;
}

/** Leaves text as it is. */
export const PLAIN: Colours = (_, text) => text;

/** Colours on a terminal, unless `NO_COLOR` (https://no-color.org) or a terminal without them says otherwise. */
export function coloursFor(
  stream: { readonly isTTY?: boolean },
  { NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): Colours {
  const wanted = stream.isTTY === true && !NO_COLOR && TERM !== 'dumb';
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : PLAIN;
}
