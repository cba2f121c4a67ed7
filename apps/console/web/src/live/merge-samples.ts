import type { TrafficSample } from '@croupier/contracts';

/** As many as a chart shows. */
const MOST = 900;

/** A newer sample replaces the one of the same moment: late counts are in it. */
export function mergeSamples(
  known: readonly TrafficSample[],
  news: readonly TrafficSample[],
): readonly TrafficSample[] {
  const byTime = new Map(known.map((sample) => [sample.at, sample]));
  for (const sample of news) byTime.set(sample.at, sample);
  return [...byTime.values()].sort((a, b) => a.at.localeCompare(b.at)).slice(-MOST);
}
