import type { ServiceInterval } from '@croupier/contracts';

/** In one line. */
export function certificateText({
  certificate,
  laboratory,
  validFrom,
  validTo,
  actor,
}: ServiceInterval['certificates'][number]): string {
  const name = certificate ?? 'certified, without a number';
  const by = laboratory === null ? '' : ` of ${laboratory}`;
  return `${name}${by}, valid from ${validFrom}${validTo === null ? '' : ` to ${validTo}`}, told by ${actor}`;
}
