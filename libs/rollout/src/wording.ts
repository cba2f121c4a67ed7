import type { MetricEvidence } from '@croupier/contracts';

/** `1234.5` -> `1,234.5` */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

export function percent(value: number): string {
  return `${count(value)} %`;
}

export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toLocaleString('en-US', { maximumFractionDigits: 1 })} s`;
}

export function plural(quantity: number, noun: string): string {
  return `${count(quantity)} ${noun}${quantity === 1 ? '' : 's'}`;
}

/** `; errors 31 of 1,024 (3.03 %, limit 1 %)`, or nothing without evidence. */
export function evidenceClause(evidence: readonly MetricEvidence[]): string {
  if (evidence.length === 0) return '';
  return `; ${evidence.map(metricFigures).join(', ')}`;
}

function metricFigures(metric: MetricEvidence): string {
  const observed = percent(metric.observedRate * 100);
  const limit = percent(metric.nullRate * 100);
  return `${metric.name} ${count(metric.failures)} of ${count(metric.trials)} (${observed}, limit ${limit})`;
}

/** A reason as the end of a sentence: one line, no full stop of its own. */
export function clause(reason: string): string {
  return reason.trim().replace(/\s+/g, ' ').replace(/\.+$/, '');
}

/** ` by Anna` for an operator's doing, nothing for the machine's own. */
export function byActor(actor: string | null): string {
  return actor === null ? '' : ` by ${actor}`;
}

/** `2026-03-01 18:00 UTC` */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
