import { type Answer, type GatewayClient, launchOf, type Outcome } from '../gateway/gateway-client';
import type { Options } from '../options';
import { Pacer } from '../pacing/pacer';
import { Turns } from '../pacing/turns';
import type { Tally } from '../tally/tally';
import { PlaySession } from './session';

const TICK_MS = 10;
/** Then the player walks away and launches anew at a later turn. */
const MAX_FAILURES_PER_STEP = 3;

interface Player {
  readonly name: string;
  readonly market: string;
  readonly index: number;
  sessions: number;
  session: PlaySession | null;
  /** False after a session that was left in the middle, perhaps with money in the game. */
  settled: boolean;
}

/** All players: keeps the request rate, lets each play one request at a time, and tells the tally. */
export class Crowd {
  private readonly turns: Turns<Player>;
  private readonly pacer: Pacer;
  private readonly inFlight = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: Options,
    private readonly gateway: Pick<GatewayClient, 'launch' | 'play'>,
    private readonly tally: Tally,
  ) {
    const nowMs = performance.now();
    this.pacer = new Pacer(options.rate, nowMs);
    this.turns = new Turns(newPlayers(options), nowMs);
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Sends nothing more, and is done when all that was sent is answered. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.inFlight);
  }

  get requestsInFlight(): number {
    return this.inFlight.size;
  }

  private tick(): void {
    const nowMs = performance.now();
    const { send, givenUp } = this.pacer.due(nowMs);
    this.tally.notSent(givenUp);
    for (let index = 0; index < send; index++) {
      const player = this.inFlight.size < this.options.maxInFlight ? this.turns.take(nowMs) : undefined;
      if (!player) {
        this.tally.notSent(send - index);
        return;
      }
      const turn = (player.session ? this.play(player, player.session) : this.launch(player)).finally(() =>
        this.inFlight.delete(turn),
      );
      this.inFlight.add(turn);
    }
  }

  private async launch(player: Player): Promise<void> {
    const outcome = await this.gateway.launch(player.name, player.market);
    const launch = outcome.kind === 'answer' && !outcome.gatewayFault ? launchOf(outcome) : null;
    if (!launch) {
      this.tally.dropped('launch', outcome);
      this.turns.rest(player);
      return;
    }
    this.tally.launched(launch.version);
    player.sessions += 1;
    const id = `${player.name}-${player.sessions}`;
    const spins = 2 + ((player.index + player.sessions) % 3);
    player.session = new PlaySession(id, player.name, launch, spins, player.settled ? 0 : null);
    this.think(player);
  }

  private async play(player: Player, session: PlaySession): Promise<void> {
    const { action, body } = session.next();
    const outcome = await this.gateway.play(session.launch, action, body);
    if (isSessionGone(outcome)) {
      this.tally.sessionGone();
      this.leave(player);
      return;
    }
    if (outcome.kind === 'silence' || isGatewayFailure(outcome)) {
      this.tally.dropped(action, outcome);
      this.failed(player, session);
      return;
    }
    const version = outcome.version ?? session.launch.version;
    this.tally.played(version, outcome);
    if (outcome.freshToken !== undefined) session.continueWith(outcome.freshToken);
    if (version !== session.launch.version && !session.moved) {
      session.moved = true;
      this.tally.sessionMoved();
    }
    if (outcome.status >= 500) {
      this.failed(player, session);
    } else if (outcome.status !== 200) {
      this.tally.unexpected(action, outcome);
      this.leave(player);
    } else {
      session.accept(outcome.body);
      if (session.over) this.finish(player, session);
      else this.think(player);
    }
  }

  /** The same step again at the next turn, as a player's client would, unless it failed too often. */
  private failed(player: Player, session: PlaySession): void {
    session.disturbed = true;
    session.failures += 1;
    if (session.failures < MAX_FAILURES_PER_STEP) this.think(player);
    else this.leave(player);
  }

  private finish(player: Player, session: PlaySession): void {
    this.tally.sessionCompleted(!session.disturbed && !session.reconciles);
    if (!session.reconciles) player.settled = false;
    player.session = null;
    this.turns.rest(player);
  }

  private leave(player: Player): void {
    player.session = null;
    player.settled = false;
    this.turns.rest(player);
  }

  /** Half to one and a half times the average, so that players who began together do not stay in step. */
  private think(player: Player): void {
    this.turns.thinkUntil(player, performance.now() + this.options.thinkMs * (0.5 + Math.random()));
  }
}

function newPlayers({ players, markets, run }: Options): Player[] {
  return Array.from({ length: players }, (_, index) => ({
    name: `player-${run}-${index}`,
    market: markets[index % markets.length] ?? 'MT',
    index,
    sessions: 0,
    session: null,
    settled: true,
  }));
}

/** The gateway's word that the version of this session serves no more. */
function isSessionGone(outcome: Outcome): boolean {
  return (
    outcome.kind === 'answer' &&
    outcome.status === 409 &&
    String(outcome.body['type']).endsWith('/session-version-gone')
  );
}

/** An answer that the game did not give. */
function isGatewayFailure(answer: Answer): boolean {
  return answer.gatewayFault || [502, 503, 504].includes(answer.status);
}
