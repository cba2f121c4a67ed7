import { JUDGE_NAMES, type JudgeName } from '../judges/all';
import { mark } from './marks';
import { line, text } from './svg';

/** One judge's value in a row; its interval is drawn when there is one. */
export interface Dot {
  readonly judge: JudgeName;
  readonly value: number;
  readonly range?: readonly [low: number, high: number];
  readonly isFilled: boolean;
}

export interface Row {
  readonly name: string;
  readonly dots: readonly Dot[];
}

/** A logarithmic axis from the first to the last tick. */
export interface Axis {
  readonly ticks: readonly { readonly at: number; readonly name: string }[];
  /** Whether 0 is shown, left of the first tick. */
  readonly hasZero: boolean;
}

export interface Panel {
  readonly title: string;
  readonly axis: Axis;
  readonly rows: readonly Row[];
  /** Names of rows go to the left of the first panel alone. */
  readonly hasRowNames: boolean;
}

export const ROW_HEIGHT = 58;
const HEAD = 26;
const FOOT = 22;
const ZERO_WIDTH = 30;
const LANE = 9.5;

export function heightOf(rows: number): number {
  return HEAD + rows * ROW_HEIGHT + FOOT;
}

export function drawPanel(
  { title, axis, rows, hasRowNames }: Panel,
  x: number,
  y: number,
  width: number,
): string {
  const top = y + HEAD;
  const bottom = top + rows.length * ROW_HEIGHT;
  const position = scale(axis, x, width);
  return [
    text(x + width / 2, y + 12, title, { class: 'column', 'text-anchor': 'middle' }),
    ...(axis.hasZero ? [tick(x, '0', top, bottom)] : []),
    ...axis.ticks.map(({ at, name }) => tick(position(at), name, top, bottom)),
    ...rows.flatMap((row, index) => drawRow(row, position, x, top + index * ROW_HEIGHT, width, hasRowNames)),
  ].join('');
}

function tick(x: number, name: string, top: number, bottom: number): string {
  return (
    line(x, top, x, bottom, 'grid') + text(x, bottom + 15, name, { class: 'quiet', 'text-anchor': 'middle' })
  );
}

function drawRow(
  { name, dots }: Row,
  position: (value: number) => number,
  x: number,
  top: number,
  width: number,
  hasName: boolean,
): string[] {
  const middle = top + ROW_HEIGHT / 2;
  return [
    line(x, top, x + width, top, 'grid'),
    ...(hasName ? [text(x - 14, middle + 4, name, { 'text-anchor': 'end' })] : []),
    ...dots.map(({ judge, value, range, isFilled }) => {
      const lane = middle + (JUDGE_NAMES.indexOf(judge) - (JUDGE_NAMES.length - 1) / 2) * LANE;
      const whisker = range ? line(position(range[0]), lane, position(range[1]), lane, `range ${judge}`) : '';
      return whisker + mark(judge, position(value), lane, isFilled);
    }),
  ];
}

function scale({ ticks, hasZero }: Axis, x: number, width: number): (value: number) => number {
  const start = x + (hasZero ? ZERO_WIDTH : 0);
  const [first, last] = [ticks[0]!.at, ticks.at(-1)!.at];
  const decades = Math.log(last / first);
  return (value) =>
    hasZero && value < first / 2
      ? x
      : start + ((x + width - start) * Math.log(Math.max(value, first / 2) / first)) / decades;
}
