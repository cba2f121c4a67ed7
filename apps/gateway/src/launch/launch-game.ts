import type { IncomingHttpHeaders } from 'node:http';
import { LaunchQuery } from '@croupier/contracts';
import { bucketIn, dealBucket, findSubject, type PinnedVersion, type Subject } from '@croupier/routing';
import { ProblemException } from '@croupier/service-kit';
import type { GatewayMetrics } from '../metrics/gateway-metrics';
import { grantedVersion } from '../overrides/granted-version';
import type { OverrideGrants } from '../overrides/override-grants';
import type { TesterFile } from '../overrides/tester-file';
import { marketNotCertified, noRoutingYet, overrideRefused, unknownGame } from '../player-problems';
import type { CurrentRouting } from '../routing/current-routing';
import { pinOf, type SessionTokens } from '../sessions/session-tokens';
import type { TelemetryWindows } from '../telemetry/telemetry-windows';
import { flat, launchAnswer, launchBeginning } from './launch-answers';

export interface LaunchParts {
  readonly routing: Pick<CurrentRouting, 'table'>;
  readonly tokens: SessionTokens;
  readonly telemetry: TelemetryWindows;
  readonly metrics: GatewayMetrics;
  readonly grants: OverrideGrants;
  readonly testers: Pick<TesterFile, 'list'>;
}

const LONGEST_PLAYER = 128;

/** Deals players their versions and opens sessions pinned to them. One hash, no promise, and JSON by joining texts. */
export class LaunchHandler {
  constructor(private readonly parts: LaunchParts) {}

  /**
   * A `Launch` as JSON; null when there is a reason to say no, which `launch` would tell.
   * @param granted the version that the player may choose and has chosen
   */
  tryLaunch(provider: string, game: string, player: string, market: string, granted?: string): string | null {
    const { table } = this.parts.routing;
    const subject = table === null ? undefined : findSubject(table, provider, game);
    const column = table?.columns.of.get(market);
    if (table === null || subject === undefined || column === undefined) return null;
    if (player.length > LONGEST_PLAYER) return null;
    const { list } = this.parts.testers;
    const meant = granted ?? (list.size > 0 ? list.versionFor(player, provider, game, market) : undefined);
    const forced = meant === undefined ? undefined : servedIn(subject, meant, market);
    if (granted !== undefined && forced === undefined) return null;
    const bucket = bucketIn(subject, player);
    const dealt = forced ?? dealBucket(table, subject, bucket, column);
    if (dealt.kind !== 'dealt' && dealt.kind !== 'pinned') return null;

    const { version, role } = dealt;
    const chosen = forced !== undefined;
    dealt.answer ??= launchBeginning(provider, game, version);
    dealt.pin ??= flat(pinOf({ provider, game, version: version.version }));
    const issued = this.parts.tokens.issue({ player, market, bucket, chosen }, dealt.pin);
    if (!chosen) this.parts.telemetry.countLaunch(dealt, column);
    this.parts.metrics.countLaunch(role);
    return launchAnswer(dealt.answer, issued);
  }

  /** A `Launch` as JSON. @throws ProblemException */
  launch(provider: string, game: string, query: unknown, headers: IncomingHttpHeaders): string {
    const { player, market } = parseQuery(query);
    const granted = grantedVersion(this.parts.grants, headers, provider, game);
    const launch = this.tryLaunch(provider, game, player, market, granted);
    if (launch !== null) return launch;
    const { table } = this.parts.routing;
    if (table === null) throw noRoutingYet();
    if (findSubject(table, provider, game) === undefined) throw unknownGame(provider, game);
    if (granted === undefined) throw marketNotCertified(provider, game, market);
    throw overrideRefused(`Version ${granted} is not routed in ${market}.`);
  }
}

/** A version that is routed in whatever role, if it may be served in this market. */
function servedIn(subject: Subject, version: string, market: string): PinnedVersion | undefined {
  const pinned = subject.pinned.get(version);
  return pinned?.version.markets.includes(market) ? pinned : undefined;
}

function parseQuery(query: unknown): LaunchQuery {
  const parsed = LaunchQuery.safeParse(query);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), detail: message }));
  throw new ProblemException({
    slug: 'invalid-query',
    status: 400,
    title: 'The query is not valid',
    detail: errors.map(({ field, detail }) => `${field}: ${detail}`).join('; '),
    remedy: 'Send player (1 to 128 characters) and market (a code such as MT or US-NJ).',
    errors,
  });
}
