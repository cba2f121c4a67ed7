import type { RolloutState } from '../state';
import { plural } from '../wording';
import type { EventBase } from './event-base';

export interface ApprovalRequested extends EventBase<'approval.requested'> {
  readonly digest: string;
  readonly required: number;
}

export function summary({ version, required }: ApprovalRequested): string {
  return `${version} waits for ${plural(required, 'approval')}.`;
}

export function evolve(state: RolloutState): RolloutState {
  return { ...state, phase: { kind: 'awaiting-approval', approvedBy: [] } };
}
