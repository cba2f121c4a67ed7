import type { Decision } from './decision';
import { exhausted } from './exhausted';
import { decideFreeze } from './freeze';
import type { RolloutInput } from './input';
import { decideAwaitingApproval } from './phases/awaiting-approval';
import { decideDeploying } from './phases/deploying';
import { decideFailed } from './phases/failed';
import { decideMigrating } from './phases/migrating';
import { decidePaused } from './phases/paused';
import { decideProgressing } from './phases/progressing';
import { decidePromoted } from './phases/promoted';
import { decideQueued } from './phases/queued';
import { decideRolledBack } from './phases/rolled-back';
import { decideStaging } from './phases/staging';
import { decideTesting } from './phases/testing';
import type { RolloutState } from './state';

/** What should happen. `now` is epoch milliseconds. The caller appends the events, folds them and performs the effects. */
export function decide(state: RolloutState, input: RolloutInput, now: number): Decision {
  if (input.kind === 'freeze') return decideFreeze(state, input.freeze, now);
  const { plan, phase } = state;
  switch (phase.kind) {
    case 'queued':
      return decideQueued(state, phase, input, now);
    case 'staging':
      return decideStaging(plan, phase, input, now);
    case 'testing':
      return decideTesting(plan, phase, input, now);
    case 'awaiting-approval':
      return decideAwaitingApproval(state, phase, input, now);
    case 'migrating':
      return decideMigrating(plan, phase, input, now);
    case 'deploying':
      return decideDeploying(state, phase, input, now);
    case 'progressing':
      return decideProgressing(state, phase, input, now);
    case 'paused':
      return decidePaused(state, phase, input, now);
    case 'promoted':
      return decidePromoted(plan, phase, input, now);
    case 'rolled-back':
      return decideRolledBack(plan, phase, input, now);
    case 'failed':
      return decideFailed(plan, input);
    default:
      return exhausted(phase);
  }
}
