import type { Launch } from '../gateway/gateway-client';

const DEPOSIT_CENTS = 1_000;
const STAKE_CENTS = 100;

export interface PlayRequest {
  readonly action: 'deposit' | 'spin' | 'withdrawal';
  readonly body: object;
}

/**
 * One session's script, deposit, spins and withdrawal of all there is, with its own books beside those of the
 * game. A step is asked again under the same idempotency key until it is answered.
 */
export class PlaySession {
  /** How often the step at hand was asked in vain. */
  failures = 0;
  /** True once a request failed: whose books are right can no longer be told from here. */
  disturbed = false;
  moved = false;
  private step = 0;
  private balance = 0;
  private balanced = true;

  constructor(
    readonly id: string,
    readonly player: string,
    public launch: Launch,
    private readonly spins: number,
    /** What the game should hold for the player beforehand; null when an earlier session left that open. */
    private readonly openingBalance: number | null,
  ) {}

  get over(): boolean {
    return this.step > this.spins + 1;
  }

  /** Whether all money in and out added up, as far as it was played. */
  get reconciles(): boolean {
    return this.balanced;
  }

  /** The gateway has moved the session to another version, because its own was revoked. */
  continueWith(sessionToken: string): void {
    this.launch = { ...this.launch, sessionToken };
  }

  next(): PlayRequest {
    const common = { player: this.player, idempotencyKey: `${this.id}-${this.step}` };
    const action = this.action;
    switch (action) {
      case 'deposit':
        return { action, body: { ...common, amount: DEPOSIT_CENTS } };
      case 'spin':
        return { action, body: { ...common, stake: STAKE_CENTS } };
      case 'withdrawal':
        return { action, body: { ...common, amount: this.balance } };
    }
  }

  /** Books a 200 answer to the request at hand and goes on to the next. */
  accept(answer: Readonly<Record<string, unknown>>): void {
    switch (this.action) {
      case 'deposit':
        this.balance = (this.openingBalance ?? Number(answer['balance']) - DEPOSIT_CENTS) + DEPOSIT_CENTS;
        break;
      case 'spin':
        this.balance += Number(answer['win']) - STAKE_CENTS;
        break;
      case 'withdrawal':
        this.balance = 0;
        break;
    }
    if (answer['balance'] !== this.balance) this.balanced = false;
    this.step += 1;
    this.failures = 0;
  }

  private get action(): PlayRequest['action'] {
    if (this.step === 0) return 'deposit';
    return this.step <= this.spins ? 'spin' : 'withdrawal';
  }
}
