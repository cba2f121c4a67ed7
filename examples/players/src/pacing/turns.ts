/** Width of a bucket of waiting players, as wide as the scheduler's tick. */
const BUCKET_MS = 10;

/**
 * Whose turn it is: first a player in a session who has thought long enough, else the idle player who has
 * waited longest. So a rate under what all players could make leaves players idle, not sessions slow.
 */
export class Turns<Player> {
  private readonly waiting = new Map<number, Player[]>();
  private ready: Player[] = [];
  private readReady = 0;
  private idle: Player[];
  private readIdle = 0;
  private bucket: number;

  constructor(players: readonly Player[], startMs: number) {
    this.idle = [...players];
    this.bucket = Math.floor(startMs / BUCKET_MS);
  }

  thinkUntil(player: Player, dueMs: number): void {
    const bucket = Math.max(Math.ceil(dueMs / BUCKET_MS), this.bucket + 1);
    const others = this.waiting.get(bucket);
    if (others) others.push(player);
    else this.waiting.set(bucket, [player]);
  }

  rest(player: Player): void {
    this.idle.push(player);
  }

  take(nowMs: number): Player | undefined {
    for (const last = Math.floor(nowMs / BUCKET_MS); this.bucket < last;) {
      this.bucket += 1;
      this.ready.push(...(this.waiting.get(this.bucket) ?? []));
      this.waiting.delete(this.bucket);
    }
    if (this.readReady < this.ready.length) {
      const player = this.ready[this.readReady++];
      if (this.readReady === this.ready.length) [this.ready, this.readReady] = [[], 0];
      return player;
    }
    const player = this.idle[this.readIdle];
    if (player === undefined) return undefined;
    this.readIdle += 1;
    // Dropping the read half now and then keeps both memory and the cost of a turn constant.
    if (this.readIdle * 2 > this.idle.length)
      [this.idle, this.readIdle] = [this.idle.slice(this.readIdle), 0];
    return player;
  }
}
