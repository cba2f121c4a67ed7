/** What a metric is declared as, before it is made. */
export interface MetricDeclaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly labelNames: readonly string[];
}

/** Labels whose values are enumerated in code or in configuration, so that they stay as few as they are. */
const ENUMERATED = [
  'cause',
  'channel',
  'method',
  'metric',
  'outcome',
  'reason',
  'result',
  'role',
  'route',
  'source',
  'status',
  'strategy',
  'target',
  'type',
  'when',
];

/** Labels that name one of ten thousand: for gauges that are read anew at each scrape, up to a limit. */
const SUBJECTS = ['game', 'provider', 'version'];

/** Prometheus' base units (https://prometheus.io/docs/practices/naming/), and ours that are shares and plain numbers. */
const OTHER_UNITS = /_(ms|milliseconds|minutes|hours|days|kilobytes|megabytes|kb|mb)(_|$)/;

/**
 * What is wrong with a declaration, or null.
 * @param bounded whether its series are read anew at each scrape, up to a limit
 */
export function metricFault({ kind, name, labelNames }: MetricDeclaration, bounded: boolean): string | null {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) return `${name}: names are in snake_case`;
  if ((kind === 'counter') !== name.endsWith('_total'))
    return `${name}: counters, and they alone, end in _total`;
  if (OTHER_UNITS.test(name)) return `${name}: times are in seconds, sizes in bytes`;
  if (kind === 'histogram' && !/_(seconds|bytes)$/.test(name)) return `${name}: a histogram ends in its unit`;
  for (const label of labelNames) {
    if (SUBJECTS.includes(label) && !bounded)
      return `${name}: the label ${label} has no bound; use Metrics.readAtScrape`;
    if (!SUBJECTS.includes(label) && !ENUMERATED.includes(label))
      return `${name}: the label ${label} is not among the known ones`;
  }
  return null;
}
