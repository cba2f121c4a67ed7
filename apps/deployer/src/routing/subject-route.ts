import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { serviceOf, type Served } from '@croupier/rollout';
import type { KnownVersion, StoredStanding } from './stored-standing';

export const BUCKETS_PER_PERCENT = 100;

/** What gateways deal a subject by; null when nothing of it runs that could be dealt. */
export function routeOf(standing: StoredStanding): SubjectRoute | null {
  const known = new Map(standing.versions.map((version) => [version.version, version]));
  const routed = ({ version, markets }: Served): RoutedVersion => routedOf(known.get(version)!, markets);
  const service = serviceOf(standing);
  // A stable version that does not run has lost its place to what runs instead.
  const [stable, ...fallbacks] = [...(service.stable ? [service.stable] : []), ...service.fallbacks].map(
    routed,
  );
  if (stable === undefined) return null;
  const canary = service.canary && routed(service.canary);
  const dealt = new Set([stable, ...(canary ? [canary] : []), ...fallbacks].map(({ version }) => version));
  const { elsewhere, markets, mirrorPercent } = service.weights;
  return {
    provider: standing.provider,
    game: standing.game,
    salt: standing.salt,
    stable,
    canary,
    canaryBuckets: bucketsOf(elsewhere),
    marketBuckets: Object.fromEntries(
      Object.entries(markets).map(([market, percent]) => [market, bucketsOf(percent)]),
    ),
    draining: standing.versions
      .filter(({ version, running, revoked }) => running && !revoked && !dealt.has(version))
      .map((version) => routedOf(version, version.cleared)),
    fallbacks,
    revoked: [...standing.revoked],
    // Those who play the canary come first, and are not copied.
    ...(mirrorPercent !== undefined && { mirrorBuckets: bucketsOf(elsewhere + mirrorPercent) }),
  };
}

/** The versions that new sessions get. */
export function dealtBy(route: SubjectRoute | null): string[] {
  if (route === null) return [];
  const { stable, canary, fallbacks } = route;
  return [stable, ...(canary ? [canary] : []), ...fallbacks]
    .filter(({ markets }) => markets.length > 0)
    .map(({ version }) => version);
}

function routedOf(known: KnownVersion, markets: readonly string[]): RoutedVersion {
  const { version, digest, manifestUrl, endpoint, replicas } = known;
  if (endpoint === null) throw new Error(`${version} runs nowhere`);
  return {
    version,
    digest,
    manifestUrl,
    endpoint,
    ...(replicas.length > 0 && { replicas: [...replicas] }),
    markets: [...markets],
  };
}

function bucketsOf(percent: number): number {
  return Math.round(percent * BUCKETS_PER_PERCENT);
}
