import { stripVTControlCharacters } from 'node:util';

const ABOVE = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');
const CLEAR_BELOW = '\r\x1b[0J';
const DEFAULT_COLUMNS = 80;

/** A part of the terminal that is drawn anew in its place (ECMA-48 control sequences). */
export class Screen {
  private drawn = 0;

  constructor(private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'columns'>) {}

  draw(lines: readonly string[]): void {
    const columns = this.stream.columns || DEFAULT_COLUMNS;
    const shown = lines.map((line) => cut(line, columns));
    this.stream.write(`${ABOVE(this.drawn)}${CLEAR_BELOW}${shown.map((line) => `${line}\n`).join('')}`);
    this.drawn = shown.length;
  }
}

/** A line that wraps would be two when the next drawing goes back over it. */
function cut(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
