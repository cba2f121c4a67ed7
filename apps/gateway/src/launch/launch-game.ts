import { LaunchQuery } from '@croupier/contracts';
import { bucketOf, dealBucket, findSubject, type DealtVersion } from '@croupier/routing';
import { ProblemException } from '@croupier/service-kit';
import type { GatewayMetrics } from '../metrics/gateway-metrics';
import { marketNotCertified, noRoutingYet, unknownGame } from '../player-problems';
import type { CurrentRouting } from '../routing/current-routing';
import type { SessionTokens } from '../sessions/session-tokens';
import type { TelemetryWindows } from '../telemetry/telemetry-windows';
import { LaunchAnswers } from './launch-answers';

export interface LaunchParts {
  readonly routing: Pick<CurrentRouting, 'table'>;
  readonly tokens: SessionTokens;
  readonly telemetry: TelemetryWindows;
  readonly metrics: GatewayMetrics;
}

const LONGEST_PLAYER = 128;

/** Deals players their versions and opens sessions pinned to them. One hash, no promise, and JSON by joining texts. */
export class LaunchHandler {
  private readonly answers = new LaunchAnswers();

  constructor(private readonly parts: LaunchParts) {}

  /** A `Launch` as JSON. @throws ProblemException */
  launch(
    provider: string,
    game: string,
    query: { readonly player?: unknown; readonly market?: unknown },
  ): string {
    const { table } = this.parts.routing;
    if (table === null) throw noRoutingYet();
    const { player, market } = query;
    // A market of the table is well-formed, so only what is in no table is worth the schema's time.
    if (!isPlayer(player) || typeof market !== 'string' || !table.columns.has(market)) {
      const asked = parseQuery(query);
      throw table.subjects.get(provider)?.has(game)
        ? marketNotCertified(provider, game, asked.market)
        : unknownGame(provider, game);
    }
    const subject = findSubject(table, provider, game);
    if (subject === undefined) throw unknownGame(provider, game);
    const bucket = bucketOf(player, subject.salt);
    const dealt = dealBucket(table, subject, bucket, market);
    if (dealt.kind !== 'dealt') throw marketNotCertified(provider, game, market);
    return this.open(dealt, { player, provider, game, market, bucket });
  }

  private open(
    dealt: DealtVersion,
    who: { player: string; provider: string; game: string; market: string; bucket: number },
  ): string {
    const { provider, game, market } = who;
    const { token, expiresAt } = this.parts.tokens.issue({
      ...who,
      version: dealt.version.version,
      chosen: false,
    });
    this.parts.telemetry.countLaunch({ provider, game, version: dealt.version, market });
    this.parts.metrics.countLaunch(dealt.role);
    return this.answers.answer(provider, game, dealt.version, token, expiresAt);
  }
}

function isPlayer(player: unknown): player is string {
  return typeof player === 'string' && player.length > 0 && player.length <= LONGEST_PLAYER;
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
