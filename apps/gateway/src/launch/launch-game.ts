import { LaunchQuery, type Launch } from '@croupier/contracts';
import { deal } from '@croupier/routing';
import { ProblemException } from '@croupier/service-kit';
import type { GatewayMetrics } from '../metrics/gateway-metrics';
import { marketNotCertified, noRoutingYet, unknownGame } from '../player-problems';
import type { CurrentRouting } from '../routing/current-routing';
import type { SessionTokens } from '../sessions/session-tokens';
import type { TelemetryWindows } from '../telemetry/telemetry-windows';

export interface LaunchParts {
  readonly routing: CurrentRouting;
  readonly tokens: SessionTokens;
  readonly telemetry: TelemetryWindows;
  readonly metrics: GatewayMetrics;
}

/** Deals the player a version and opens a session pinned to it. @throws ProblemException */
export function launchGame(parts: LaunchParts, provider: string, game: string, query: unknown): Launch {
  const { player, market } = parseQuery(query);
  const { table } = parts.routing;
  if (table === null) throw noRoutingYet();
  const dealt = deal(table, provider, game, player, market);
  switch (dealt.kind) {
    case 'unknown-subject':
      throw unknownGame(provider, game);
    case 'market-not-certified':
      throw marketNotCertified(provider, game, market);
    case 'dealt': {
      const { version, digest, manifestUrl } = dealt.version;
      const session = { player, provider, game, version, market };
      const { token, expiresAt } = parts.tokens.issue(session);
      parts.telemetry.countLaunch(session);
      parts.metrics.countLaunch(dealt.role);
      return {
        provider,
        game,
        version,
        digest,
        manifestUrl,
        playPath: `/play/${provider}/${game}/`,
        sessionToken: token,
        expiresAt: expiresAt.toISOString(),
      };
    }
  }
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
