import type { ReleasePlan, RolloutEvent } from '@croupier/rollout';

/** The keys of all effects that a history owes, worked out from its events alone. */
export function owedEffects(events: readonly RolloutEvent[], { releaseId, strategy }: ReleasePlan): string[] {
  const owed: string[] = [];
  let onStaging = false;
  let inProduction = false;
  const owe = (...parts: (string | number)[]): void => void owed.push([releaseId, ...parts].join(':'));
  for (const event of events) {
    switch (event.type) {
      case 'release.started':
        onStaging = event.leadsTo === 'staging';
        inProduction = event.leadsTo === 'deploying';
        if (onStaging) owe('deploy-staging');
        if (inProduction) owe('deploy-production');
        break;
      case 'staging.deployed':
        owe('run-tests');
        break;
      case 'tests.passed':
        onStaging = false;
        owe('stop-staging');
        break;
      case 'release.staged':
        owe('request-migration');
        break;
      case 'migration.applied':
        inProduction = true;
        owe('deploy-production');
        break;
      case 'rollout.step':
        if (event.step.kind === 'setWeight') owe('set-weight', event.stepIndex);
        if (event.step.kind === 'setFlag') owe('set-flag', event.stepIndex);
        if (event.step.kind === 'preview') owe('run-preview', event.stepIndex);
        break;
      case 'rollout.promoted':
        if (strategy !== 'flag') owe('promote-traffic');
        break;
      case 'rollout.rolled_back':
        if (strategy !== 'flag') owe('set-weight', 'zero');
        break;
      case 'release.failed':
        if (onStaging) owe('stop-staging');
        if (inProduction) owe('retire-workload', event.version);
        break;
      case 'workload.retiring':
        owe('retire-workload', event.workloadVersion);
        break;
      default:
    }
  }
  return owed;
}
