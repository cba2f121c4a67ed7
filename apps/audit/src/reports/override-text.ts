import type { ServiceInterval } from '@croupier/contracts';

/** Who let a release go on without the approvals that lacked, for a cell or a line. */
export function overrideText({ actor, reason, at }: ServiceInterval['overrides'][number]): string {
  return `${actor} at ${at}: ${reason}`;
}
