import type { ReleaseView } from '@croupier/contracts';
import { currentStep } from '@croupier/rollout';
import type { ReleaseRecord } from './release-record';

export function viewOf(release: ReleaseRecord): ReleaseView {
  const { plan } = release.state;
  return {
    id: release.id,
    provider: release.provider,
    game: release.game,
    version: release.version,
    digest: release.digest,
    attempt: release.attempt,
    strategy: plan.strategy,
    status: release.status,
    stepIndex: currentStep(release.state)?.stepIndex ?? null,
    stepCount: plan.steps.length,
    weightPercent: release.weightPercent,
    stableVersion: release.stableVersion,
    revision: release.revision,
    reason: release.reason,
    createdAt: release.createdAt.toISOString(),
    updatedAt: release.updatedAt.toISOString(),
  };
}
