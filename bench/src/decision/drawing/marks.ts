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

/** Colours of Okabe and Ito, which the colour-blind tell apart; lighter on dark pages. */
export const STYLE = `
  svg { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; }
  .page { fill: #ffffff; } text { fill: #1f2328; } .quiet { fill: #59636e; }
  .title { font-size: 16px; font-weight: 600; } .column { font-weight: 600; }
  .grid { stroke: #d1d9e0; } .row { stroke: #eaeef2; } .mark { stroke-width: 1.8; }
  .croupier { --c: #0072b2; } .flagger1 { --c: #b87a00; } .flagger5 { --c: #d55e00; }
  .argo { --c: #008060; } .kayenta { --c: #a8508a; }
  .mark { stroke: var(--c); fill: var(--c); } .hollow { fill: #ffffff; } .range { stroke: var(--c); stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .page, .hollow { fill: #0d1117; } text { fill: #e6edf3; } .quiet { fill: #9198a1; }
    .grid { stroke: #3d444d; } .row { stroke: #21262d; }
    .croupier { --c: #58b6f0; } .flagger1 { --c: #e6b340; } .flagger5 { --c: #ff8c4a; }
    .argo { --c: #2fc99a; } .kayenta { --c: #dd8fc4; }
  }
`;

export function mark(judge: JudgeName, x: number, y: number, isFilled = true): string {
  const className = `mark ${judge}${isFilled ? '' : ' hollow'}`;
  return tag('path', {
    class: className,
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    d: SHAPES[judge],
  });
}
