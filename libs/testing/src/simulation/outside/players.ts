import type { TelemetryCount } from '@croupier/contracts';
import { amount, binomial } from '../clockwork/counts';
import { MARKETS, type Conduct } from '../scenario/game-version';
import type { Setting } from '../setting';

type Market = (typeof MARKETS)[number];

/** Sessions that one gateway has open on a version in a market. */
interface Cell {
  open: number;
  launches: number;
}

/** Mean requests of an open session, and the share of sessions that end, in a window. */
const REQUESTS_PER_SESSION = 0.8;
const ENDING = 0.2;

/** The players of one gateway on one version: sessions that begin, play and end. */
export class Players {
  private readonly cells = new Map<Market, Cell>();
  /** When the last session began, in epoch milliseconds. */
  lastDealtAt = -Infinity;

  constructor(private readonly setting: Setting) {}

  begin(market: Market, launches: number): void {
    if (launches === 0) return;
    const cell = this.cells.get(market) ?? { open: 0, launches: 0 };
    this.cells.set(market, cell);
    cell.open += launches;
    cell.launches += launches;
    this.lastDealtAt = this.setting.time.now;
  }

  get open(): number {
    let open = 0;
    for (const cell of this.cells.values()) open += cell.open;
    return open;
  }

  /** What they do in a window, in counts. Nobody answers them once `conduct` is null. */
  play(
    version: Pick<TelemetryCount, 'provider' | 'game' | 'version'>,
    conduct: Conduct | null,
    counts: TelemetryCount[],
  ): void {
    const { random } = this.setting;
    for (const [market, cell] of this.cells) {
      const isAnswered = conduct?.answers ?? true;
      const requests = isAnswered ? amount(random, cell.open * REQUESTS_PER_SESSION) : 0;
      const errors = conduct === null ? requests : binomial(random, requests, conduct.errors);
      const slow = conduct === null ? 0 : binomial(random, requests, conduct.slow);
      const { launches } = cell;
      if (requests > 0 || launches > 0) counts.push({ ...version, market, launches, requests, errors, slow });
      cell.launches = 0;
      cell.open -= Math.min(cell.open, amount(random, cell.open * ENDING));
      if (cell.open === 0) this.cells.delete(market);
    }
  }
}
