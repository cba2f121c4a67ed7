import type { DealtVersion, RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { BUCKETS_PER_PERCENT } from './subject-route';

/** Who gets how much of the new sessions in each market, by the rules that gateways deal by. */
export function dealtVersions(route: SubjectRoute): DealtVersion[] {
  const { stable, canary, fallbacks, canaryBuckets, marketBuckets } = route;
  const commonIn = (market: string): RoutedVersion | undefined =>
    [stable, ...fallbacks].find(({ markets }) => markets.includes(market));
  const canaryShareIn = (market: string): number =>
    canary?.markets.includes(market) ? (marketBuckets[market] ?? canaryBuckets) / BUCKETS_PER_PERCENT : 0;
  const restFor = (common: RoutedVersion) => (market: string) =>
    commonIn(market) === common ? 100 - canaryShareIn(market) : 0;
  return [
    dealtAs('stable', stable, restFor(stable)),
    ...(canary ? [dealtAs('canary', canary, canaryShareIn)] : []),
    ...fallbacks.map((fallback) => dealtAs('fallback', fallback, restFor(fallback))),
  ].filter(({ markets }) => Object.keys(markets).length > 0);
}

function dealtAs(
  role: DealtVersion['role'],
  { version, digest, markets }: RoutedVersion,
  shareIn: (market: string) => number,
): DealtVersion {
  const shares = markets.map((market) => [market, shareIn(market)] as const);
  return { version, digest, role, markets: Object.fromEntries(shares.filter(([, share]) => share > 0)) };
}
