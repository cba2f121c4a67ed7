import { exhausted } from '../exhausted';
import type { Phase, RolloutState } from '../state';
import type { EventBase } from './event-base';

/** The release has its turn; what is stable is fixed from here on. */
export interface ReleaseStarted extends EventBase<'release.started'> {
  readonly stableVersion: string | null;
  /** Where it is rolled out. */
  readonly markets?: readonly string[];
  readonly leadsTo: 'staging' | 'deploying' | 'traffic';
  readonly deadlineAt: number;
}

const NEXT = {
  staging: 'deploying it on staging',
  deploying: 'deploying it in production',
  traffic: 'it runs already',
} as const;

export function summary({ stableVersion, version, leadsTo, markets }: ReleaseStarted): string {
  const stable = stableVersion ?? 'no version yet';
  const where = markets === undefined ? '' : ` in ${markets.join(', ')}`;
  return `The release of ${version} has started${where}, with ${stable} as stable; ${NEXT[leadsTo]}.`;
}

export function evolve(state: RolloutState, event: ReleaseStarted): RolloutState {
  const { stableVersion, markets } = event;
  const plan = { ...state.plan, stableVersion, ...(markets && { markets }) };
  return { ...state, plan, phase: firstPhase(event) };
}

function firstPhase({ leadsTo, deadlineAt }: ReleaseStarted): Phase {
  switch (leadsTo) {
    case 'staging':
      return { kind: 'staging', deadlineAt };
    case 'deploying':
      return { kind: 'deploying', deadlineAt };
    case 'traffic':
      return { kind: 'deploying', deadlineAt: null };
    default:
      return exhausted(leadsTo);
  }
}
