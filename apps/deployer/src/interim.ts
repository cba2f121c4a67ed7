import { Injectable } from '@nestjs/common';
import type { ArtifactRegistered, ReleaseId, Strategy } from '@croupier/contracts';
import type { FreezeCalendar } from '@croupier/orchestrator';
import { canarySteps, allAtOnceSteps, flagSteps, blueGreenSteps, type Freeze, type ReleasePlan } from '@croupier/rollout';
import { compare, prerelease } from 'semver';
import { DeployerConfig } from './deployer-config';

@Injectable()
export class FreezeService implements FreezeCalendar {
  freezeOf(): Freeze | null {
    return null;
  }
}

@Injectable()
export class PolicyService {
  constructor(private readonly config: DeployerConfig) {}
  async planFor(releaseId: ReleaseId, artifact: ArtifactRegistered, stableVersion: string | null, overrides: { strategy?: Strategy | undefined; flags?: string[] } = {}): Promise<{ decision: 'release' | 'skip'; plan: ReleasePlan }> {
    const { provider, game, version, digest, manifest } = artifact;
    const c = this.config;
    const look = { minDurationMs: c.stepMinDurationMs, minRequests: c.stepMinRequests, deadlineMs: c.stepDeadlineMs };
    const strategy = overrides.strategy ?? 'canary';
    const steps = strategy === 'canary' ? canarySteps(look) : strategy === 'flag' ? flagSteps(look, overrides.flags ?? []) : strategy === 'blue-green' ? blueGreenSteps(look, { approval: false }) : allAtOnceSteps();
    const skip = prerelease(version) !== null || (stableVersion !== null && compare(version, stableVersion) <= 0);
    return {
      decision: skip ? 'skip' : 'release',
      plan: {
        releaseId, provider, game, version, digest, stableVersion, strategy, steps,
        analysis: { metrics: [
          { name: 'error-rate', nullRate: c.errorRateThreshold, margin: null, source: { kind: 'gateway', failures: 'errors' } },
          { name: 'slow-share', nullRate: c.slowShareThreshold, margin: null, source: { kind: 'gateway', failures: 'slow' } },
        ], alpha: c.alpha, beta: c.beta, budget: { failedRequests: null, playersTouched: null } },
        approvalsRequired: 0, requires: manifest.requires, whenUnmet: 'wait', superseding: 'queued', progressDeadlineMs: null,
        drainMs: c.drainMs, effectDeadlineMs: c.effectDeadlineMs,
      },
    };
  }
}
