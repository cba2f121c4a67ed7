import { Injectable } from '@nestjs/common';
import type { MetricEvidence, ReleaseId } from '@croupier/contracts';
import type { ReleasePlan } from '@croupier/rollout';

export interface Judged {
  readonly plan: ReleasePlan;
  readonly evidence: readonly MetricEvidence[];
  /** Of the clock that `at` was called with, in ms. */
  readonly at: number;
}

/** Who judges a release judges it every second that it has traffic; another replica may have taken it over since. */
const FORGOTTEN_AFTER_MS = 300_000;
/** More rollouts at a time than anybody looks at. */
const KEPT = 1_000;

/** What this replica has judged last, of rollouts under way. */
@Injectable()
export class JudgedRates {
  private readonly byRelease = new Map<ReleaseId, Judged>();

  judged(plan: ReleasePlan, evidence: readonly MetricEvidence[], at: number): void {
    this.byRelease.delete(plan.releaseId);
    this.byRelease.set(plan.releaseId, { plan, evidence, at });
    const [longestAgo] = this.byRelease.keys();
    if (longestAgo !== undefined && this.byRelease.size > KEPT) this.byRelease.delete(longestAgo);
  }

  /** It is over. Answers what was judged last. */
  end(id: ReleaseId): Judged | null {
    const judged = this.byRelease.get(id) ?? null;
    this.byRelease.delete(id);
    return judged;
  }

  /** The latest first. */
  recent(now: number): Judged[] {
    for (const [id, { at }] of this.byRelease) if (now - at > FORGOTTEN_AFTER_MS) this.byRelease.delete(id);
    return [...this.byRelease.values()].reverse();
  }
}

/** The name that the plan has for the share of failed, or of slow, requests which the gateways count. */
export function gatewayMetric(plan: ReleasePlan, failures: 'errors' | 'slow'): string | null {
  const found = plan.analysis.metrics.find(
    ({ source }) => source.kind === 'gateway' && source.failures === failures,
  );
  return found?.name ?? null;
}
