import { Injectable } from '@nestjs/common';
import { explain, judge, type JudgePolicy } from '@croupier/analysis';
import type { RolloutInput } from '@croupier/rollout';
import { DeployerConfig } from '../deployer-config';
import type { ReleaseRecord } from '../releases/release-record';
import { TelemetryRepository, type VersionCounts } from '../telemetry/telemetry-repository';

export interface Judgement {
  readonly input: RolloutInput & { readonly kind: 'judged' };
  /** Of the canary, since it first got traffic. */
  readonly counts: VersionCounts;
}

/** Turns the gateways' counts into a verdict on the step that is under way. */
@Injectable()
export class RolloutJudge {
  private readonly policy: JudgePolicy;

  constructor(
    private readonly telemetry: TelemetryRepository,
    config: DeployerConfig,
  ) {
    this.policy = {
      metrics: [
        { name: 'error-rate', nullRate: config.errorRateThreshold },
        { name: 'slow-share', nullRate: config.slowShareThreshold },
      ],
      alpha: config.alpha,
      beta: config.beta,
    };
  }

  async judge(release: ReleaseRecord, stepIndex: number): Promise<Judgement> {
    const { provider, game, version, firstRoutingVersion, stepRoutingVersion } = release;
    const since = (routingVersion: number | null): Promise<VersionCounts> =>
      routingVersion === null
        ? Promise.resolve({ requests: 0, errors: 0, slow: 0 })
        : this.telemetry.countsOf(provider, game, version, routingVersion);
    const rollout = await since(firstRoutingVersion);
    const step = stepRoutingVersion === firstRoutingVersion ? rollout : await since(stepRoutingVersion);
    const verdict = judge(this.policy, {
      'error-rate': { rollout: tally(rollout, 'errors'), step: tally(step, 'errors') },
      'slow-share': { rollout: tally(rollout, 'slow'), step: tally(step, 'slow') },
    });
    const silent = step.requests === 0 && verdict.kind !== 'breached';
    return {
      counts: rollout,
      input: {
        kind: 'judged',
        stepIndex,
        verdict: silent ? 'no-telemetry' : verdict.kind === 'incident' ? 'undecided' : verdict.kind,
        stepRequests: step.requests,
        evidence: verdict.metrics,
        explanation: silent ? 'the gateways have reported no request of this version' : explain(verdict),
      },
    };
  }
}

function tally(counts: VersionCounts, failures: 'errors' | 'slow'): { trials: number; failures: number } {
  return { trials: counts.requests, failures: counts[failures] };
}
