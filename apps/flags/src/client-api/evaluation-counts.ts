import { Injectable } from '@nestjs/common';
import { Metrics } from '@croupier/service-kit';
import type { BulkMetrics, ClientMetrics } from './client-reports';

/** What SDKs report of their evaluations, in all: flags are too many to be labels. */
@Injectable()
export class EvaluationCounts {
  private readonly evaluations;

  constructor(metrics: Metrics) {
    this.evaluations = metrics.counter<'result'>({
      name: 'flags_evaluations_total',
      help: 'Evaluations that SDKs have reported',
      labelNames: ['result'],
    });
    // From 0 on, so that a rate sees the first of them.
    for (const result of ['on', 'off']) this.evaluations.inc({ result }, 0);
  }

  add({ bucket }: ClientMetrics): void {
    this.count(Object.values(bucket.toggles));
  }

  addAll({ metrics }: BulkMetrics): void {
    this.count(metrics);
  }

  private count(counts: readonly { readonly yes: number; readonly no: number }[]): void {
    for (const { yes, no } of counts) {
      this.evaluations.inc({ result: 'on' }, yes);
      this.evaluations.inc({ result: 'off' }, no);
    }
  }
}
