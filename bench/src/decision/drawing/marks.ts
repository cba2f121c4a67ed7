import type { JudgeName } from '../judges/all';
import { tag } from './svg';

/** Outlines about the origin, so that judges differ in shape as well as in colour. */
const SHAPES: Record<JudgeName, string> = {
  croupier: 'M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0z',
  flagger1: 'M-4.2,-4.2h8.4v8.4h-8.4z',
  flagger5: 'M0,-5.6L5.6,0L0,5.6L-5.6,0z',
  argo: 'M0,-5.2L5.4,4.2L-5.4,4.2z',
  kayenta: 'M0,5.2L5.4,-4.2L-5.4,-4.2z',
};

/** By the colours of Okabe and Ito, which the colour-blind tell apart; lighter on dark pages. */
const COLOURS: Record<JudgeName, readonly [onLight: string, onDark: string]> = {
  croupier: ['#0072b2', '#58b6f0'],
  flagger1: ['#b87a00', '#e6b340'],
  flagger5: ['#d55e00', '#ff8c4a'],
  argo: ['#008060', '#2fc99a'],
  kayenta: ['#a8508a', '#dd8fc4'],
};

/** Follows the reader's light or dark setting. Fallbacks come first: not every renderer knows the setting. */
export const STYLE = [
  "text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px }",
  '.title { font-size: 15px; font-weight: 600 } .column { font-weight: 600 } .mark { stroke-width: 1.8 }',
  '.range { stroke-width: 2 }',
  ...rules('#ffffff', '#1f2328', '#59636e', '#d1d9e0', 0),
  '@media (prefers-color-scheme: dark) {',
  ...rules('#0d1117', '#e6edf3', '#9198a1', '#3d444d', 1),
  '}',
].join('\n');

function rules(page: string, ink: string, quiet: string, grid: string, setting: 0 | 1): string[] {
  return [
    ...Object.entries(COLOURS).map(
      ([judge, colours]) => `.${judge} { stroke: ${colours[setting]}; fill: ${colours[setting]} }`,
    ),
    `.page, .hollow { fill: ${page} } text { fill: ${ink} } .quiet { fill: ${quiet} } .grid { stroke: ${grid} }`,
  ];
}

export function mark(judge: JudgeName, x: number, y: number, isFilled = true): string {
  const className = `mark ${judge}${isFilled ? '' : ' hollow'}`;
  return tag('path', {
    class: className,
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    d: SHAPES[judge],
  });
}
