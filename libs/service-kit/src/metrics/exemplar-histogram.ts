import {
  Histogram,
  Registry,
  type HistogramConfiguration,
  type LabelValues,
  type RegistryContentType,
} from 'prom-client';

/** The labels of an exemplar: OpenMetrics allows 128 characters of names and values together. */
export type Exemplar = Readonly<Record<string, string>>;

/** Observations, each bucket with the last one's exemplar. */
export class ExemplarHistogram<Label extends string> {
  private readonly histogram: Histogram<Label>;

  constructor(registry: Registry<RegistryContentType>, configuration: HistogramConfiguration<Label>) {
    // The library makes exemplars in registries of OpenMetrics alone, whose text is not what all scrapers read.
    const { contentType } = registry;
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    try {
      this.histogram = new Histogram({ ...configuration, enableExemplars: true, registers: [registry] });
    } finally {
      registry.setContentType(contentType);
    }
  }

  observe(labels: LabelValues<Label>, value: number, exemplar: Exemplar): void {
    // The library's type takes the names of an exemplar's labels for those of the metric.
    const exemplarLabels = exemplar as LabelValues<Label>;
    this.histogram.observe({ labels, value, exemplarLabels });
  }
}
