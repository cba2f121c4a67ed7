import type { MetricObjectWithValues, MetricValue } from 'prom-client';

interface Value extends MetricValue<string> {
  readonly metricName?: string;
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string>>;
    readonly value: number;
    readonly timestamp: number;
  } | null;
}

/** OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/): the one text format that has exemplars. */
export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export function openMetricsOf(metrics: readonly MetricObjectWithValues<MetricValue<string>>[]): string {
  return [...metrics.flatMap(linesOf), '# EOF', ''].join('\n');
}

function linesOf({ name, help, type, values }: MetricObjectWithValues<MetricValue<string>>): string[] {
  // A family of counters is named without the suffix that its samples have.
  const isCounter = String(type) === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.slice(0, -'_total'.length) : name;
  const kind = String(type) === 'counter' && !isCounter ? 'unknown' : type;
  return [
    `# TYPE ${family} ${kind}`,
    `# HELP ${family} ${escaped(help)}`,
    ...(values as readonly Value[]).map((value) => sampleOf(name, value)),
  ];
}

function sampleOf(name: string, { metricName = name, labels, value, exemplar }: Value): string {
  const sample = `${metricName}${labelsOf(labels)} ${numberOf(value)}`;
  if (!exemplar) return sample;
  const { labelSet, value: observed, timestamp } = exemplar;
  return `${sample} # {${pairsOf(labelSet)}} ${numberOf(observed)} ${timestamp}`;
}

function labelsOf(labels: Value['labels']): string {
  const pairs = pairsOf(labels);
  return pairs === '' ? '' : `{${pairs}}`;
}

function pairsOf(labels: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(String(value))}"`)
    .join(',');
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

function numberOf(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
