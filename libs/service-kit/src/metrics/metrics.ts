import { Injectable } from '@nestjs/common';
import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
  type RegistryContentType,
} from 'prom-client';
import { ExemplarHistogram } from './exemplar-histogram';
import { metricFault, type MetricDeclaration } from './metric-rules';
import { openMetricsOf } from './open-metrics';
import { shared } from './shared';
import { within } from './within';

/** One series of a gauge at the moment of a scrape. */
export interface Reading<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

export interface ReadConfiguration<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
  /** Most series that are told; what is more is left out, and counted. */
  readonly limit?: number;
  /** All series as they are now, the most important first. What is not among them is told no more. */
  readonly read: () => Promise<readonly Reading<Label>[]>;
}

/** Prometheus gives up on a scrape after 4 s (`deploy/prometheus/prometheus.yml`). */
const READ_TIMEOUT_MS = 2_000;
const SERIES_LIMIT = 200;

/**
 * One registry a service, so that several services in one process keep their figures apart. Refuses names and labels
 * that break the rules.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry<RegistryContentType>();
  private readonly unread;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.unread = this.counter({
      name: 'metrics_unread_total',
      help: 'Readings left out of a scrape, because they failed, took too long, or were too many',
      labelNames: ['metric', 'reason'],
    });
  }

  counter<Label extends string>(configuration: CounterConfiguration<Label>): Counter<Label> {
    check('counter', configuration);
    return new Counter({ ...configuration, registers: [this.registry] });
  }

  gauge<Label extends string>(configuration: GaugeConfiguration<Label>): Gauge<Label> {
    check('gauge', configuration);
    return new Gauge({ ...configuration, registers: [this.registry] });
  }

  histogram<Label extends string>(configuration: HistogramConfiguration<Label>): Histogram<Label> {
    check('histogram', configuration);
    return new Histogram({ ...configuration, registers: [this.registry] });
  }

  /** A histogram whose buckets name what fell into them last, for whoever reads OpenMetrics. */
  exemplarHistogram<Label extends string>(
    configuration: HistogramConfiguration<Label>,
  ): ExemplarHistogram<Label> {
    check('histogram', configuration);
    return new ExemplarHistogram(this.registry, configuration);
  }

  /**
   * A gauge whose series are read when it is scraped. One that cannot be read has no series: the scrape goes on, because
   * metrics are never as dear as when a database is away.
   */
  readAtScrape<Label extends string = never>(configuration: ReadConfiguration<Label>): void {
    const { name, help, labelNames = [], limit = SERIES_LIMIT, read } = configuration;
    check('gauge', { name, labelNames }, true);
    const { unread } = this;
    // What takes longer than a scrape is not asked for a second time beside the first.
    const readOnce = shared(read);
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect() {
        this.reset();
        // A gauge without labels is 0 once it is reset, which says more than is known.
        if (labelNames.length === 0) this.remove();
        try {
          const readings = await within(READ_TIMEOUT_MS, readOnce());
          for (const { labels, value } of readings.slice(0, limit)) this.set(labels as never, value);
          if (readings.length > limit)
            unread.inc({ metric: name, reason: 'too-many' }, readings.length - limit);
        } catch {
          unread.inc({ metric: name, reason: 'failed' });
        }
      },
    });
  }

  /** A single number that is read when it is scraped; null while there is none. */
  readNumberAtScrape(name: string, help: string, read: () => Promise<number | null>): void {
    this.readAtScrape({
      name,
      help,
      read: async () => {
        const value = await read();
        return value === null ? [] : [{ labels: {}, value }];
      },
    });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  async openMetrics(): Promise<string> {
    return openMetricsOf(await this.registry.getMetricsAsJSON());
  }
}

/** @throws Error when a name or a label breaks the rules: a mistake of whoever wrote it, seen when the service starts */
function check(
  kind: MetricDeclaration['kind'],
  { name, labelNames = [] }: { readonly name: string; readonly labelNames?: readonly string[] },
  bounded = false,
): void {
  const fault = metricFault({ kind, name, labelNames }, bounded);
  if (fault !== null) throw new Error(fault);
}
