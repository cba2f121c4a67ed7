import { isBreached } from '@croupier/analysis';
import type { MetricEvidence } from '@croupier/contracts';
import type { StoredRelease } from '@croupier/orchestrator';
import type { RolloutEvent } from '@croupier/rollout';
import type { Conduct } from '../scenario/game-version';
import type { Setting } from '../setting';
import type { Commit } from '../stores/release-row';

/** A replica may crash with what it has seen, or stand still, and so may the next one. */
const LONGEST_TO_ROLL_BACK_MS = 20_000;

/**
 * What the machine decides by itself is held against what is true of the version. A bad one must never pass; a good one is
 * found in breach as often as alpha allows, which only the sum over many runs can show.
 */
export class Verdicts {
  private readonly breachSeenAt = new Map<string, number>();

  constructor(
    private readonly setting: Setting,
    private readonly conductOf: (commit: Commit) => Conduct,
  ) {}

  committed(commit: Commit): void {
    const { events, release } = commit.after;
    const { plan } = release.state;
    for (const event of commit.told.decision.events) {
      const wasJudged = plan.steps.some(({ kind }) => kind === 'analysis') && !events.some(isSkip);
      if (event.type === 'rollout.promoted' && event.cause === 'steps-passed' && wasJudged)
        this.promoted(commit);
      if (event.type === 'rollout.rolled_back' && event.cause === 'breach') this.breached(commit);
    }
  }

  /** Enough against a version ends its rollout, as soon as there is somebody to tell it. */
  judged({ id, state }: StoredRelease, evidence: readonly MetricEvidence[]): void {
    const { now } = this.setting.time;
    const seenAt = this.breachSeenAt.get(id);
    if (seenAt === undefined && evidence.some(isBreached)) this.breachSeenAt.set(id, now);
    if (seenAt !== undefined && now > seenAt + LONGEST_TO_ROLL_BACK_MS)
      this.setting.referee.violated(
        'a breach ends the rollout',
        `${state.plan.version} is in traffic ${now - seenAt} ms after it was found in breach`,
      );
  }

  private promoted(commit: Commit): void {
    const { kind } = this.conductOf(commit);
    if (kind === 'good') this.setting.figures.goodJudged += 1;
    if (kind === 'bad')
      this.setting.referee.violated(
        'the machine promotes nothing that is clearly bad',
        `${commit.after.release.state.plan.version}: ${JSON.stringify(this.conductOf(commit))}`,
      );
  }

  private breached(commit: Commit): void {
    const { kind } = this.conductOf(commit);
    if (kind === 'bad') this.setting.figures.badStopped += 1;
    const { failedRequests, playersTouched } = commit.after.release.state.plan.analysis.budget;
    // A spent budget is no finding.
    if (kind !== 'good' || failedRequests !== null || playersTouched !== null) return;
    this.setting.figures.goodJudged += 1;
    this.setting.figures.goodBreached += 1;
  }
}

function isSkip({ type }: RolloutEvent): boolean {
  return type === 'step.skipped';
}
