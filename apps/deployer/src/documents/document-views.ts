import type { ChangeNote, DocumentChange } from '@croupier/contracts';
import type { Change, Document } from './document';

export function noteOf({ author, reason, at }: Document<unknown>): ChangeNote {
  return { author, reason, at: at.toISOString() };
}

export function changeView({ name: _, at, ...change }: Change<unknown>): DocumentChange {
  return { ...change, at: at.toISOString() };
}
