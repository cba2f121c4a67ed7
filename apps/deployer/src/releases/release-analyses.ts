import { Injectable } from '@nestjs/common';
import type { MetricEvidence, ReleaseAnalysis } from '@croupier/contracts';
import type { ReleasePlan } from '@croupier/rollout';
import { LiveEvidence } from '../live/live-evidence';
import { TimelineRepository } from '../timeline/timeline-repository';
import type { ReleaseRecord } from './release-record';

interface Judged {
  readonly at: Date;
  readonly evidence: readonly MetricEvidence[];
}

/** Tells how a rollout stands by the evidence, whichever replica judges it. */
@Injectable()
export class ReleaseAnalyses {
  constructor(
    private readonly live: LiveEvidence,
    private readonly timeline: TimelineRepository,
  ) {}

  async of({ id, state }: ReleaseRecord): Promise<ReleaseAnalysis> {
    const [judged, told] = await Promise.all([this.judgedLast(id), this.timeline.lastWithEvidence(id)]);
    const last = judged && told ? laterOf(judged, told) : (judged ?? told);
    return {
      releaseId: id,
      judgedAt: last?.at.toISOString() ?? null,
      metrics: (last?.evidence ?? []).map((metric) => ({
        ...metric,
        counts: countsOf(state.plan, metric.name),
      })),
    };
  }

  private async judgedLast(id: ReleaseRecord['id']): Promise<Judged | null> {
    const [judged] = await this.live.of([id]);
    return judged ? { at: judged.at, evidence: judged.metrics } : null;
  }
}

/** Of the same moment, what decided. */
function laterOf(judged: Judged, told: Judged): Judged {
  return judged.at > told.at ? judged : told;
}

function countsOf({ analysis }: ReleasePlan, name: string): 'errors' | 'slow' | 'other' {
  const source = analysis.metrics.find((metric) => metric.name === name)?.source;
  return source?.kind === 'gateway' ? source.failures : 'other';
}
