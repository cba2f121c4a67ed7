import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ArtifactRegistered, ReleaseId } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DEFAULT_STEPS, queueRelease, type ReleasePlan } from '@croupier/rollout';
import { DeployerConfig } from '../deployer-config';
import { RoutingRepository } from '../routing/routing-repository';
import { releaseDecision } from './release-policy';
import { ReleaseRepository } from './release-repository';

/** Turns a registered artifact into a queued release, when the policy says so. */
@Injectable()
export class ReleaseQueue {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly routing: RoutingRepository,
    private readonly config: DeployerConfig,
  ) {}

  async add(tx: Transaction, artifact: ArtifactRegistered): Promise<void> {
    const { provider, game, version } = artifact;
    const stableVersion = await this.routing.stableVersion(provider, game);
    if (releaseDecision(version, stableVersion).kind === 'skip') return;
    await this.routing.ensureSubject(tx, provider, game);
    const id = randomUUID() as ReleaseId;
    const decision = queueRelease(this.planOf(id, artifact, stableVersion), Date.now());
    if (decision.refusal) throw new Error(decision.refusal.reason);
    await this.releases.create(tx, id, artifact, decision);
  }

  private planOf(
    releaseId: ReleaseId,
    artifact: ArtifactRegistered,
    stableVersion: string | null,
  ): ReleasePlan {
    const { provider, game, version, digest } = artifact;
    const { stepMinDurationMs, stepMinRequests, stepDeadlineMs, drainMs, effectDeadlineMs } = this.config;
    const steps = DEFAULT_STEPS.map(({ weightPercent }) => ({
      weightPercent,
      minDurationMs: stepMinDurationMs,
      minRequests: stepMinRequests,
      deadlineMs: stepDeadlineMs,
    }));
    return { releaseId, provider, game, version, digest, stableVersion, steps, drainMs, effectDeadlineMs };
  }
}
