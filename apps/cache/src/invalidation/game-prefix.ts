/** Start of every cache key of a game. The last colon keeps `slots` from taking `slots-deluxe` with it. */
export function gamePrefix(provider: string, game: string): string {
  return `game:${provider}/${game}:`;
}
