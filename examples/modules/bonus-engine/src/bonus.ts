/** What the engine asks of its flags; an Unleash SDK answers it. */
export interface Flags {
  isEnabled(name: string, context: { userId: string }): boolean;
  getVariant(name: string, context: { userId: string }): { enabled: boolean; payload?: { value: string } };
}

/** The flag that the game's version 1.1.0 is shipped with: bonuses begin when it is on. */
export const BONUS_ROUND = 'bonus-round';
/** Its variants say how many percent of a deposit are given; without one it is the usual share. */
export const BONUS_SHARE = 'bonus-share';

const USUAL_PERCENT = 10;
const MOST_PERCENT = 100;

/** Cents given for a deposit of so many cents. Nothing, unless the flag is known to be on. */
export function bonusFor(player: string, depositCents: number, flags: Flags): number {
  const context = { userId: player };
  if (!flags.isEnabled(BONUS_ROUND, context)) return 0;
  return Math.floor((depositCents * percentOf(flags.getVariant(BONUS_SHARE, context))) / 100);
}

/** A payload that is no share is a mistake, and must not give more away than is usual. */
function percentOf({ enabled, payload }: ReturnType<Flags['getVariant']>): number {
  const percent = enabled ? Number(payload?.value) : NaN;
  return percent >= 0 && percent <= MOST_PERCENT ? percent : USUAL_PERCENT;
}
