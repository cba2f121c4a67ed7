import type { MetricSource } from '@croupier/contracts';
import { judgedVersion, type ReleasePlan } from '@croupier/rollout';
import { MetricFault } from './faults';
import type { Sample } from './prometheus-client';
import type { Totals } from './running-totals';

export type PrometheusMetric = Extract<MetricSource, { readonly kind: 'prometheus' }>;

/** PromQL for the running totals of one version. */
interface Queries {
  readonly trials: string;
  readonly failures: string;
}

/** What Prometheus is asked about one metric of a release. */
export interface Question {
  readonly canary: Queries;
  /** Null when there is nothing to compare with. */
  readonly stable: Queries | null;
}

/** Null for a version whose totals are not both there. */
export interface Answer {
  readonly canary: Totals | null;
  readonly stable: Totals | null;
  /** What is not there, in words; null when nothing is missing. */
  readonly missing: string | null;
}

type Values = Readonly<Record<'version' | 'provider' | 'game', string>>;

/** Tells the totals of one answer apart. */
const PART_LABEL = 'croupier_part';

export function questionOf(plan: ReleasePlan, metric: PrometheusMetric): Question {
  const { provider, game, stableVersion } = plan;
  const ofVersion = (version: string): Queries => ({
    trials: filled(metric.trials, { version, provider, game }),
    failures: filled(metric.failures, { version, provider, game }),
  });
  const canary = ofVersion(judgedVersion(plan));
  const stable = stableVersion === null ? null : ofVersion(stableVersion);
  // Queries without a version, or one version with a flag on it: the same numbers would be compared with themselves.
  const isSame = stable?.trials === canary.trials && stable.failures === canary.failures;
  return { canary, stable: isSame ? null : stable };
}

/**
 * All totals in one query: they are then of one moment, and one request asks for them. The line break ends a comment
 * that a query may end with.
 */
export function promQlOf(question: Question): string {
  return partsOf(question)
    .map(({ name, query }) => `label_replace((${query}\n), "${PART_LABEL}", "${name}", "", "")`)
    .join(' or ');
}

/** @throws MetricFault when a query answers something else than one number that can be a total. */
export function answerOf(question: Question, samples: readonly Sample[]): Answer {
  const missing: string[] = [];
  const totalOf = (name: string): number | null => {
    const ofPart = samples.filter(({ labels }) => labels[PART_LABEL] === name);
    if (ofPart.length > 1)
      throw new MetricFault(`the query for ${name} answers ${ofPart.length} series and not one: sum them`);
    if (ofPart[0] === undefined) missing.push(name);
    return ofPart[0] === undefined ? null : soundTotal(name, ofPart[0].value);
  };
  const totalsOf = (side: keyof Question): Totals | null => {
    if (question[side] === null) return null;
    const trials = totalOf(`${side}-trials`);
    const failures = totalOf(`${side}-failures`);
    return trials === null || failures === null ? null : { trials, failures };
  };
  const totals = { canary: totalsOf('canary'), stable: totalsOf('stable') };
  return {
    ...totals,
    missing: missing.length === 0 ? null : `the query for ${missing.join(' and for ')} answers nothing`,
  };
}

function partsOf(question: Question): { readonly name: string; readonly query: string }[] {
  return (['canary', 'stable'] as const).flatMap((side) => {
    const queries = question[side];
    if (queries === null) return [];
    return (['trials', 'failures'] as const).map((what) => ({
      name: `${side}-${what}`,
      query: queries[what],
    }));
  });
}

function soundTotal(name: string, value: number): number {
  if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new MetricFault(`the query for ${name} answers ${value}, which is no running total`);
}

function filled(template: string, values: Values): string {
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) => {
    if (!Object.hasOwn(values, name))
      throw new MetricFault(`${placeholder} stands for nothing: {{version}}, {{provider}} and {{game}} do`);
    return escaped(values[name as keyof Values]);
  });
}

/**
 * What is no letter or digit of a slug or a version is written as PromQL's \UXXXXXXXX, which means the same between
 * double and between single quotes, and ends a string in neither (nor between backticks, where it means itself).
 */
function escaped(value: string): string {
  return value.replaceAll(/[^A-Za-z0-9.+-]/gu, (character) => {
    const codePoint = character.codePointAt(0)!.toString(16);
    return `\\U${codePoint.padStart(8, '0')}`;
  });
}
