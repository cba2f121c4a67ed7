import {
  advanceRelative,
  blockSince,
  NOT_COMPARED,
  type RelativeState,
  type Tally,
} from '@croupier/analysis';
import type { MetricPlan } from '@croupier/contracts';
import { currentStep, judgedVersion, type RolloutState } from '@croupier/rollout';
import type { Counted, ObservationEntry, WindowEntry } from '../ports/telemetry-source';
import type { StoredRelease } from '../ports/release-store';
import { marginOf } from '../judging/metric-rule';

/** One metric's counts, of a canary and of stable in the same windows. */
export interface MetricTally {
  readonly rollout: Tally;
  readonly step: Tally;
  readonly stable: Tally;
  readonly relative: RelativeState;
}

/** Requests of the canary, whatever the metrics say of them. */
export interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly launches: number;
}

/** All that has been counted of a release. Plain JSON. */
export interface ReleaseTallies {
  /** What the step's counts began with: another value, and they begin anew. */
  readonly stepMark: string;
  /** What all evidence began with. */
  readonly incidents: number;
  readonly rollout: Traffic;
  readonly step: Traffic;
  readonly metrics: Readonly<Record<string, MetricTally>>;
}

const NO_TRAFFIC: Traffic = { requests: 0, errors: 0, launches: 0 };
const NONE: Tally = { trials: 0, failures: 0 };
const NO_TALLY: MetricTally = { rollout: NONE, step: NONE, stable: NONE, relative: NOT_COMPARED };

export function noTallies(release: StoredRelease): ReleaseTallies {
  const { incidents } = release.state;
  return { stepMark: stepMarkOf(release), incidents, rollout: NO_TRAFFIC, step: NO_TRAFFIC, metrics: {} };
}

/** The tallies, less what says nothing any more: of an earlier step, and of before an incident. */
export function upToDate(tallies: ReleaseTallies, release: StoredRelease): ReleaseTallies {
  const stepMark = stepMarkOf(release);
  const { incidents } = release.state;
  if (tallies.incidents !== incidents)
    return { ...tallies, stepMark, incidents, step: NO_TRAFFIC, metrics: {} };
  if (tallies.stepMark === stepMark) return tallies;
  const metrics = Object.fromEntries(
    Object.entries(tallies.metrics).map(([name, metric]) => [name, { ...metric, step: NONE }]),
  );
  return { ...tallies, stepMark, step: NO_TRAFFIC, metrics };
}

/** Traffic and flags as the step's evidence finds them: counted anew after each change. */
function stepMarkOf({ state, stepRoutingVersion }: StoredRelease): string {
  return `${stepRoutingVersion ?? 'unrouted'}/${state.flagsSetAt?.last ?? 'unset'}`;
}

/** Counts that came in together, summed until they are folded in. */
export class Intake {
  private rollout = NO_TRAFFIC;
  private step = NO_TRAFFIC;
  private readonly metrics = new Map<string, { rollout: Tally; step: Tally; stable: Tally }>();

  constructor(private readonly release: StoredRelease) {}

  addWindow(window: Pick<WindowEntry, 'routingVersion' | 'startedAt' | 'counts'>): void {
    if (!this.isOfRollout(window)) return;
    const inStep = this.isOfStep(window);
    const isSpoilt = this.isSpoilt(window);
    const { plan } = this.release.state;
    const canary = judgedVersion(plan);
    for (const count of window.counts) {
      if (plan.markets?.includes(count.market) === false) continue;
      const isCanary = count.version === canary;
      if (!isCanary && count.version !== plan.stableVersion) continue;
      if (isCanary) {
        this.rollout = plus(this.rollout, count);
        if (inStep) this.step = plus(this.step, count);
      }
      if (isSpoilt) continue;
      for (const metric of plan.analysis.metrics) {
        if (metric.source.kind !== 'gateway') continue;
        const counted = { trials: count.requests, failures: count[metric.source.failures] };
        this.add(metric, isCanary ? counted : NONE, isCanary ? NONE : counted, inStep);
      }
    }
  }

  addObservation(observation: ObservationEntry): void {
    const { metric, canary, stable } = observation;
    const plan = this.release.state.plan.analysis.metrics.find(({ name }) => name === metric);
    if (!plan || plan.source.kind === 'gateway' || this.isSpoilt(observation)) return;
    this.add(plan, canary, stable, this.isSeenInStep(observation));
  }

  foldInto(tallies: ReleaseTallies): ReleaseTallies {
    const metrics: Record<string, MetricTally> = { ...tallies.metrics };
    for (const plan of this.release.state.plan.analysis.metrics) {
      const news = this.metrics.get(plan.name);
      if (news) metrics[plan.name] = foldMetric(metrics[plan.name] ?? NO_TALLY, news, plan);
    }
    return {
      ...tallies,
      rollout: plus(tallies.rollout, this.rollout),
      step: plus(tallies.step, this.step),
      metrics,
    };
  }

  /** A snapshot tells what a window was dealt by. A flag can only be told by the time. */
  private isOfRollout({
    routingVersion,
    startedAt,
  }: Pick<WindowEntry, 'routingVersion' | 'startedAt'>): boolean {
    const { state, firstRoutingVersion } = this.release;
    if (state.plan.strategy !== 'flag') return routingVersion >= (firstRoutingVersion ?? Infinity);
    return state.flagsSetAt !== null && startedAt >= state.flagsSetAt.first;
  }

  private isOfStep({
    routingVersion,
    startedAt,
  }: Pick<WindowEntry, 'routingVersion' | 'startedAt'>): boolean {
    const { state, stepRoutingVersion } = this.release;
    if (state.flagsSetAt !== null && startedAt < state.flagsSetAt.last) return false;
    if (this.isSpoilt({ startedAt })) return false;
    return state.plan.strategy === 'flag' || routingVersion >= (stepRoutingVersion ?? Infinity);
  }

  /** An observation names no snapshot: what was counted before every gateway dealt by the weights is not of the step. */
  private isSeenInStep({ startedAt }: ObservationEntry): boolean {
    const { plan, flagsSetAt, weightsSetAt } = this.release.state;
    if (flagsSetAt !== null && startedAt < flagsSetAt.last) return false;
    return plan.strategy === 'flag' || (weightsSetAt !== null && startedAt >= weightsSetAt);
  }

  /** Of before an incident, and late: a cost, and no evidence. */
  private isSpoilt({ startedAt }: Pick<WindowEntry, 'startedAt'>): boolean {
    const { incidentAt } = this.release.state;
    return incidentAt !== null && startedAt < incidentAt;
  }

  private add({ name }: MetricPlan, canary: Counted, stable: Counted, inStep: boolean): void {
    const sum = this.metrics.get(name) ?? { rollout: NONE, step: NONE, stable: NONE };
    this.metrics.set(name, {
      rollout: sumOf(sum.rollout, canary),
      step: inStep ? sumOf(sum.step, canary) : sum.step,
      stable: sumOf(sum.stable, stable),
    });
  }
}

function foldMetric(
  before: MetricTally,
  news: { readonly rollout: Tally; readonly step: Tally; readonly stable: Tally },
  plan: MetricPlan,
): MetricTally {
  const rollout = sumOf(before.rollout, news.rollout);
  const stable = sumOf(before.stable, news.stable);
  const block = blockSince(before.relative, { canary: rollout, stable });
  const relative = advanceRelative(before.relative, block, { margin: marginOf(plan) });
  return { rollout, step: sumOf(before.step, news.step), stable, relative };
}

function sumOf(one: Counted, other: Counted): Tally {
  return { trials: one.trials + other.trials, failures: one.failures + other.failures };
}

function plus(one: Traffic, other: Traffic): Traffic {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    launches: one.launches + other.launches,
  };
}

/** Whether requests are counted for it: it has traffic, and may be judged by it. */
export function isInTraffic(state: RolloutState): boolean {
  return currentStep(state) !== null;
}
