import { Market, SemVer, Slug } from '@croupier/contracts';
import { z } from 'zod';

const Names = z.array(z.string().min(1).max(128)).max(10_000);

/** Who gets which version, whatever the weights are: players by name, or those of a group. */
export const Testers = z.strictObject({
  groups: z.record(Slug, Names).default({}),
  rules: z
    .array(
      z.strictObject({
        provider: Slug,
        game: Slug,
        version: SemVer,
        players: Names.default([]),
        groups: z.array(Slug).max(100).default([]),
        /** Everywhere unless given. */
        markets: z.array(Market).max(300).optional(),
      }),
    )
    .max(1_000)
    .default([]),
});
export type Testers = z.infer<typeof Testers>;

interface Choice {
  readonly version: string;
  readonly markets: ReadonlySet<string> | null;
}

/** Testers by name, made ready for lookup. Of two rules for a player and a game, the first counts. */
export class TesterList {
  static readonly NOBODY = new TesterList({ groups: {}, rules: [] });

  private readonly byPlayer = new Map<string, Map<string, Choice>>();

  constructor({ groups, rules }: Testers) {
    for (const { provider, game, version, players, groups: names, markets } of rules) {
      const choice = { version, markets: markets ? new Set(markets) : null };
      for (const player of [...players, ...names.flatMap((name) => groups[name] ?? [])]) {
        const choices = this.byPlayer.get(player) ?? new Map<string, Choice>();
        this.byPlayer.set(player, choices);
        const subject = `${provider}/${game}`;
        if (!choices.has(subject)) choices.set(subject, choice);
      }
    }
  }

  get size(): number {
    return this.byPlayer.size;
  }

  /** The version that is meant for this player, or undefined. */
  versionFor(player: string, provider: string, game: string, market: string): string | undefined {
    const choice = this.byPlayer.get(player)?.get(`${provider}/${game}`);
    if (choice === undefined || choice.markets?.has(market) === false) return undefined;
    return choice.version;
  }
}
