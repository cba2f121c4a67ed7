import type { ReleaseView, TimelineEntry } from '@croupier/contracts';
import { alertsHeld, type AlertsOutcome } from './alerts-scene';
import type { CrowdSummary } from './crowd';
import { SHIPMENTS } from './demo-options';
import { flagsHeld, type FlagsOutcome } from './flags-scene';
import type { MarketsOutcome } from './markets-scene';
import { millisecondsBetween } from './release-watch';

export interface ShippedRelease {
  readonly release: ReleaseView;
  readonly timeline: readonly TimelineEntry[];
  readonly chainVerifies: boolean;
}

/** What the demo ends with; `ok` only if every claim it makes held. */
export interface DemoOutcome {
  readonly ok: boolean;
  /** Webhooks answered 202. */
  readonly accepted: number;
  readonly promoted: readonly string[];
  readonly rolledBack: readonly string[];
  /** Failed and slow requests that players met on each version rolled back. */
  readonly badRequestsServed: Record<string, number>;
  /** From the canary's first weight to the decision to roll back. */
  readonly detectMs: Record<string, number | null>;
  /** From the decision to roll back to weight 0 in every gateway. */
  readonly switchMs: Record<string, number | null>;
  readonly sessionsMoved: number;
  readonly droppedRequests: number;
  readonly stable: string;
  readonly requests: number;
  readonly walletMismatches: number;
  readonly timelinesVerified: boolean;
  /** A version that is certified in one of two markets. */
  readonly markets: MarketsOutcome;
  /** What the bonus engine did as its flag was turned; null when nothing was promoted. */
  readonly flags: FlagsOutcome | null;
  /** What people were told of each rollback. */
  readonly alerts: AlertsOutcome['alerts'];
  /** How long Slack and PagerDuty were not to be reached, as seen by who tried. */
  readonly alertOutageSeconds: number | null;
  readonly seconds: number;
}

export function outcomeOf(
  shipped: readonly ShippedRelease[],
  summary: CrowdSummary,
  { markets, flags, ...told }: Pick<DemoOutcome, 'markets' | 'flags' | 'alerts' | 'alertOutageSeconds'>,
  accepted: number,
  stable: string,
  seconds: number,
): DemoOutcome {
  const versionsThat = (status: string): string[] =>
    shipped.filter(({ release }) => release.status === status).map(({ release }) => release.version);
  const rolledBack = shipped.filter(({ release }) => release.status === 'rolled-back');
  const figures = <Figure>(of: (shipped: ShippedRelease) => Figure): Record<string, Figure> =>
    Object.fromEntries(rolledBack.map((each) => [each.release.version, of(each)]));
  const outcome = {
    accepted,
    promoted: versionsThat('promoted'),
    rolledBack: versionsThat('rolled-back'),
    badRequestsServed: figures(({ release }) => {
      const seen = summary.byVersion[release.version];
      return (seen?.failed ?? 0) + (seen?.slow ?? 0);
    }),
    detectMs: figures(({ timeline }) => millisecondsBetween(timeline, 'rollout.step', 'rollout.rolled_back')),
    switchMs: figures(({ timeline }) =>
      millisecondsBetween(timeline, 'rollout.rolled_back', 'weight.confirmed'),
    ),
    sessionsMoved: summary.sessionsMoved,
    droppedRequests: summary.droppedRequests,
    stable,
    requests: summary.requests,
    walletMismatches: summary.walletMismatches,
    timelinesVerified: shipped.every(({ chainVerifies }) => chainVerifies),
    markets,
    flags,
    ...told,
    seconds,
  };
  const asExpected = SHIPMENTS.every(({ version, expected }) =>
    shipped.some(({ release }) => release.version === version && release.status === expected),
  );
  const ok =
    asExpected &&
    outcome.stable === '1.1.0' &&
    outcome.sessionsMoved === 0 &&
    outcome.droppedRequests === 0 &&
    outcome.walletMismatches === 0 &&
    outcome.timelinesVerified &&
    markets.asCertified &&
    flags !== null &&
    flagsHeld(flags) &&
    alertsHeld(told, outcome.rolledBack) &&
    [...Object.values(outcome.detectMs), ...Object.values(outcome.switchMs)].every((ms) => ms !== null);
  return { ok, ...outcome };
}
