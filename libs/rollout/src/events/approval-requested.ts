import type { RolloutState } from '../state';
import { moment, plural } from '../wording';
import type { EventBase } from './event-base';

export interface ApprovalRequested extends EventBase<'approval.requested'> {
  readonly digest: string;
  readonly required: number;
  /** Epoch milliseconds; null, or absent from older histories, for never. */
  readonly expiresAt?: number | null;
}

export function summary({ version, required, expiresAt }: ApprovalRequested): string {
  const until = expiresAt ? ` until ${moment(expiresAt)}` : '';
  return `${version} waits for ${plural(required, 'approval')}${until}.`;
}

export function evolve(state: RolloutState, { expiresAt = null }: ApprovalRequested): RolloutState {
  return { ...state, phase: { kind: 'awaiting-approval', approvedBy: [], expiresAt } };
}
