/** What a tournament asks of its flags; an Unleash SDK answers it. */
export interface Flags {
  isEnabled(name: string, context: { userId: string }): boolean;
}

/** Who sees this flag on may take part. */
export const TOURNAMENT_OPEN = 'tournament-open';
/** On: a win counts by its multiple of the stake, so that small stakes can win. Off: by its amount. */
export const FAIR_SCORING = 'tournament-fair-scoring';

export interface Spin {
  readonly player: string;
  readonly stakeCents: number;
  readonly winCents: number;
}

/** Points by player. Rules may change while it runs: a spin counts by those of its moment. */
export class Tournament {
  private readonly points = new Map<string, number>();

  constructor(private readonly flags: Flags) {}

  /** Answers the points that the spin has brought; null to those who do not take part. */
  count({ player, stakeCents, winCents }: Spin): number | null {
    const context = { userId: player };
    if (!this.flags.isEnabled(TOURNAMENT_OPEN, context)) return null;
    const isFair = this.flags.isEnabled(FAIR_SCORING, context);
    const points = isFair ? Math.round((100 * winCents) / Math.max(1, stakeCents)) : winCents;
    this.points.set(player, (this.points.get(player) ?? 0) + points);
    return points;
  }

  /** Best first; who has as many stands in the order of names. */
  standings(): { readonly player: string; readonly points: number }[] {
    return [...this.points]
      .map(([player, points]) => ({ player, points }))
      .sort((a, b) => b.points - a.points || (a.player < b.player ? -1 : 1));
  }
}
