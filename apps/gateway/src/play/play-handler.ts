import type { FastifyReply, FastifyRequest } from 'fastify';
import { FAULT_HEADER, badRequestTarget, noRoutingYet, upstreamBusy } from '../player-problems';
import type { CurrentRouting } from '../routing/current-routing';
import type { SessionTokens } from '../sessions/session-tokens';
import { Exchange, type ExchangeParts } from './exchange';
import { VERSION_HEADER, toGame, toPlayer } from './forwarded-headers';
import { InFlight } from './in-flight';
import { openSession, SESSION_HEADER, type OpenSession } from './open-session';
import { faultOf } from './upstream-fault';

export interface PlayParts extends ExchangeParts {
  readonly routing: Pick<CurrentRouting, 'table'>;
  readonly tokens: SessionTokens;
  readonly upstreamMaxInFlight: number;
}

export interface GameParams {
  readonly provider: string;
  readonly game: string;
}

type PlayRequest = FastifyRequest<{ Params: GameParams }>;

/** Passes a player's request on to the version its session is pinned to. */
export class PlayHandler {
  private readonly inFlight: InFlight;

  constructor(private readonly parts: PlayParts) {
    this.inFlight = new InFlight(parts.upstreamMaxInFlight);
  }

  /** @throws ProblemException */
  play(request: PlayRequest, reply: FastifyReply): FastifyReply {
    const { provider, game } = request.params;
    const { table } = this.parts.routing;
    if (table === null) throw noRoutingYet();
    const open = openSession(this.parts.tokens, table, request.headers, provider, game);
    const path = pathInGame(request.raw.url ?? '');
    return this.pass(request, reply, open, path);
  }

  private pass(request: PlayRequest, reply: FastifyReply, open: OpenSession, path: string): FastifyReply {
    const { session, served } = open;
    const { endpoint } = served.version;
    const exchange = new Exchange(this.parts, open);
    if (!this.inFlight.enter(endpoint)) {
      exchange.fail();
      exchange.follow(reply, () => undefined);
      return refuse(reply, open, upstreamBusy(session.version));
    }
    exchange.follow(reply, () => this.inFlight.leave(endpoint));
    return reply.from(path, {
      getUpstream: () => `${endpoint}/`,
      // By default the library asks again on 503, which would hide a version that fails.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) => toGame(headers, request.method, session),
      rewriteHeaders: (headers) => toPlayer(headers, open),
      onResponse: (_request, _reply, answer) => {
        answer.stream.once('error', () => exchange.fail());
        void reply.send(answer.stream);
      },
      onError: (_reply, { error }) => {
        const fault = faultOf(error, reply, session.version);
        if (!fault.ofUpstream) return void reply.send(fault.problem);
        exchange.fail();
        return void refuse(reply, open, fault.problem);
      },
    });
  }
}

function refuse(reply: FastifyReply, { session, freshToken }: OpenSession, problem: Error): FastifyReply {
  if (freshToken !== null) void reply.header(SESSION_HEADER, freshToken);
  return reply.header(FAULT_HEADER, 'gateway').header(VERSION_HEADER, session.version).send(problem);
}

/** `/play/acme/slots/spin?x=1` is `./spin` in the game. The query goes along by itself. */
function pathInGame(url: string): string {
  const [path = ''] = url.split('?', 1);
  const [, , , , ...rest] = path.split('/');
  const inGame = `./${rest.join('/')}`;
  if (climbs(inGame)) throw badRequestTarget();
  return inGame;
}

/** Also when encoded: some servers decode a path before they resolve it. */
function climbs(path: string): boolean {
  const decoded = path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return decoded.includes('/..') || decoded.includes('../');
}
