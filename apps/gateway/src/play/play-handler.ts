import type { FastifyReply, FastifyRequest } from 'fastify';
import { findSubject, type RoutingTable } from '@croupier/routing';
import { overrideOf } from '../overrides/granted-version';
import type { OverrideGrants } from '../overrides/override-grants';
import {
  FAULT_HEADER,
  badRequestTarget,
  noRoutingYet,
  overrideRefused,
  upstreamBusy,
} from '../player-problems';
import type { CurrentRouting } from '../routing/current-routing';
import type { SessionTokens } from '../sessions/session-tokens';
import { Exchange, type ExchangeParts } from './exchange';
import { VERSION_HEADER, toGame, toPlayer } from './forwarded-headers';
import { InFlight } from './in-flight';
import { Mirror } from './mirror';
import { openSession, SESSION_HEADER, type OpenSession } from './open-session';
import { Retries } from './retries';
import { faultOf } from './upstream-fault';
import { Upstreams } from './upstreams';

export interface PlayParts extends ExchangeParts {
  readonly routing: Pick<CurrentRouting, 'table'>;
  readonly tokens: SessionTokens;
  readonly grants: OverrideGrants;
  readonly upstreamMaxInFlight: number;
}

export interface GameParams {
  readonly provider: string;
  readonly game: string;
}

type PlayRequest = FastifyRequest<{ Params: GameParams }>;

/** Parts of a path before the game's own: an empty one, `play`, the provider and the game. */
const BEFORE_PLAY = 4;
/** An empty one, `preview` and the grant. */
const BEFORE_PREVIEW = 3;
/** Of whoever looks at a version without a session. */
const PREVIEWER = 'preview';

/** Passes a player's request on to the version its session is pinned to. */
export class PlayHandler {
  private readonly inFlight: InFlight;
  private readonly upstreams: Upstreams;
  private readonly retries = new Retries();
  private readonly mirror: Mirror;

  constructor(private readonly parts: PlayParts) {
    this.inFlight = new InFlight(parts.upstreamMaxInFlight);
    this.upstreams = new Upstreams();
    this.mirror = new Mirror((sent) => parts.metrics.countMirrored(sent));
    parts.metrics.watchEjected(() => this.upstreams.ejected);
  }

  /** @throws ProblemException */
  play(request: PlayRequest, reply: FastifyReply): FastifyReply {
    const { provider, game } = request.params;
    const { table } = this.parts.routing;
    if (table === null) throw noRoutingYet();
    const open = openSession(this.parts.tokens, table, request.headers, provider, game);
    const path = pathInGame(request.raw.url ?? '', BEFORE_PLAY);
    this.copy(table, request, open, path);
    return this.begin(request, reply, open, path);
  }

  /** A version under an address of its own, for whoever has a grant of it: no session, no weights, not counted. */
  preview(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { table } = this.parts.routing;
    if (table === null) throw noRoutingYet();
    const url = request.raw.url ?? '';
    // No parameter of the route: those are bounded, and a grant of long names is longer.
    const [, , grant = ''] = url.split('/', BEFORE_PREVIEW);
    const { provider, game, version } = overrideOf(this.parts.grants, grant);
    const served = findSubject(table, provider, game)?.pinned.get(version);
    const market = served?.version.markets[0];
    if (served === undefined || market === undefined)
      throw overrideRefused(`Version ${version} of ${provider}/${game} is not routed.`);
    const session = { player: PREVIEWER, provider, game, version, market, bucket: 0, chosen: true };
    const path = pathInGame(url, BEFORE_PREVIEW);
    return this.begin(request, reply, { session, served, freshToken: null }, path);
  }

  async close(): Promise<void> {
    await this.mirror.close();
  }

  private begin(request: FastifyRequest, reply: FastifyReply, open: OpenSession, path: string): FastifyReply {
    const exchange = new Exchange(this.parts, open);
    const endpoint = this.upstreams.choose(open.served.version);
    if (!this.inFlight.enter(endpoint)) {
      exchange.fail();
      exchange.follow(reply, () => undefined);
      return refuse(reply, open, upstreamBusy(open.session.version));
    }
    this.retries.earn();
    const place = { endpoint };
    exchange.follow(reply, () => {
      if (!exchange.failed && reply.raw.statusCode < 500) this.upstreams.succeeded(place.endpoint);
      this.inFlight.leave(place.endpoint);
    });
    return this.pass(request, reply, open, path, exchange, place, 1);
  }

  /** @param place where the request is under way; a second try moves it */
  private pass(
    request: FastifyRequest,
    reply: FastifyReply,
    open: OpenSession,
    path: string,
    exchange: Exchange,
    place: { endpoint: string },
    attempt: number,
  ): FastifyReply {
    const { session, served } = open;
    const { endpoint } = place;
    return reply.from(path, {
      getUpstream: () => `${endpoint}/`,
      // By default the library asks again on 503, which would hide a version that fails.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) => toGame(headers, request.method, session),
      rewriteHeaders: (headers) => toPlayer(headers, open),
      onResponse: (_request, _reply, answer) => {
        if (reply.raw.statusCode >= 500) this.upstreams.failed(endpoint);
        answer.stream.once('error', () => exchange.fail());
        void reply.send(answer.stream);
      },
      onError: (_reply, { error }) => {
        const fault = faultOf(error, reply, session.version);
        if (!fault.ofUpstream) return void reply.send(fault.problem);
        exchange.fail();
        this.upstreams.failed(endpoint);
        const pauseMs = fault.timedOut ? null : this.retries.pauseMs(request.method, attempt);
        if (pauseMs === null) return void refuse(reply, open, fault.problem);
        setTimeout(() => {
          if (reply.raw.destroyed) return;
          const next = this.upstreams.choose(served.version, endpoint);
          if (next !== endpoint) {
            if (!this.inFlight.enter(next)) return void refuse(reply, open, fault.problem);
            this.inFlight.leave(endpoint);
            place.endpoint = next;
          }
          this.parts.metrics.countRetry();
          this.pass(request, reply, open, path, exchange, place, attempt + 1);
        }, pauseMs);
      },
    });
  }

  private copy(
    table: RoutingTable,
    request: FastifyRequest,
    { session, served }: OpenSession,
    path: string,
  ): void {
    const { method } = request;
    if (served.role !== 'stable' || session.chosen || (method !== 'GET' && method !== 'HEAD')) return;
    const mirror = findSubject(table, session.provider, session.game)?.mirror ?? null;
    if (
      mirror === null ||
      session.bucket >= mirror.buckets ||
      !mirror.version.markets.includes(session.market)
    )
      return;
    const query = /\?.*$/.exec(request.raw.url ?? '')?.[0] ?? '';
    this.mirror.send(mirror.version, method, path + query, toGame(request.headers, method, session));
  }
}

function refuse(reply: FastifyReply, { session, freshToken }: OpenSession, problem: Error): FastifyReply {
  if (freshToken !== null) void reply.header(SESSION_HEADER, freshToken);
  return reply.header(FAULT_HEADER, 'gateway').header(VERSION_HEADER, session.version).send(problem);
}

/** `/play/acme/slots/spin?x=1` is `./spin` in the game. The query goes along by itself. */
function pathInGame(url: string, partsBefore: number): string {
  const [path = ''] = url.split('?', 1);
  const rest = path.split('/').slice(partsBefore);
  const inGame = `./${rest.join('/')}`;
  if (climbs(inGame)) throw badRequestTarget();
  return inGame;
}

/** Also when encoded: some servers decode a path before they resolve it. */
function climbs(path: string): boolean {
  const decoded = path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return decoded.includes('/..') || decoded.includes('../');
}
