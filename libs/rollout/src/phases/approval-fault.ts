import { isSameActor } from '@croupier/contracts';
import type { Command } from '../input';
import type { ReleasePlan } from '../plan';

/** Why somebody's approval does not count, or null. It takes another person, and is of what they have seen. */
export function approvalFault(plan: ReleasePlan, { actor, digest }: Command): string | null {
  if (plan.orderedBy !== undefined && isSameActor(actor, plan.orderedBy))
    return `${actor} has ordered it, so somebody else has to`;
  return digestFault(plan, digest);
}

export function digestFault(plan: ReleasePlan, seen: string | undefined): string | null {
  return seen === undefined || seen === plan.digest ? null : `its digest is ${plan.digest}, not ${seen}`;
}
