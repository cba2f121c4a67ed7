/** What is counted of a run, summed over all of them for the report. */
export const FIGURES = [
  'virtualSeconds',
  'steps',
  'passes',
  'crashes',
  'pauses',
  'leaves',
  'lostCalls',
  'staleRefusals',
  'badEffects',
  'deliveries',
  'gatewayRestarts',
  'silences',
  'commands',
  'clearances',
  'commits',
  'snapshots',
  'windows',
  'judgements',
  'releases',
  'promoted',
  'rolledBack',
  'failed',
  'waiting',
  'goodJudged',
  'goodBreached',
  'badStopped',
] as const;

export type Figure = (typeof FIGURES)[number];
export type Figures = Record<Figure, number>;

export function noFigures(): Figures {
  return Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Figures;
}

export function addFigures(sum: Figures, more: Readonly<Figures>): void {
  for (const figure of FIGURES) sum[figure] += more[figure];
}
