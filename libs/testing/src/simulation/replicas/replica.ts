import { Orchestrator, StaleLease, type Ports } from '@croupier/orchestrator';
import type { Setting } from '../setting';
import { CallFault, type Caller } from './wire';

const PASS_EVERY_MS = 250;
const RENEW_EVERY_MS = 1_000;

/** Within seconds, as everything here: what hangs must be given up while somebody looks. */
const EFFECT_LIMITS = {
  concurrency: 16,
  timeoutMs: 2_000,
  attempts: 4,
  firstRetryMs: 100,
  longestRetryMs: 1_000,
} as const;

type Condition = 'running' | 'paused' | 'gone';

/** One deployer process: the real loop, run as the deployer runs it, until it crashes or leaves. */
export class Replica implements Caller {
  private readonly orchestrator: Orchestrator;
  private condition: Condition = 'running';
  private backlog: (() => void)[] = [];
  private isPassing = false;
  private isLeaving = false;
  private isWoken = false;
  private nextPass = 0;
  private blow: (() => void) | null = null;
  /** How many passes it has begun, and when the last of them began. */
  passes = 0;
  passBegunAt = 0;

  constructor(
    readonly id: string,
    private readonly setting: Setting,
    portsOf: (replica: Replica) => Ports,
    /** Promises may go on. */
    private readonly stirred: () => void,
  ) {
    this.orchestrator = new Orchestrator(portsOf(this), {
      replicaId: id,
      startingAtOnce: 3,
      effects: EFFECT_LIMITS,
      wake: () => this.wake(),
    });
  }

  get hasCrashed(): boolean {
    return this.condition === 'gone';
  }

  get isRunning(): boolean {
    return this.condition === 'running' && !this.isLeaving;
  }

  start(): void {
    this.setting.say?.(`${this.id} starts`);
    this.renew();
    this.passIn(this.setting.random.between(1, PASS_EVERY_MS));
  }

  /** There may be something to do. */
  wake(): void {
    if (this.isPassing) this.isWoken = true;
    else this.passIn(1);
  }

  /** Something befalls it in the middle of what it does: while its next call is under way. */
  befalls(blow: () => void): void {
    this.blow = blow;
  }

  hasCalled(): void {
    const { blow } = this;
    if (blow === null) return;
    this.blow = null;
    this.setting.time.after(this.setting.random.between(0, 3), blow);
  }

  deliver(run: () => void): void {
    if (this.condition === 'gone') return;
    if (this.condition === 'paused') {
      this.backlog.push(run);
      return;
    }
    this.stirred();
    run();
  }

  crash(): void {
    this.setting.say?.(`${this.id} crashes`);
    this.setting.figures.crashes += 1;
    this.condition = 'gone';
    this.backlog = [];
  }

  /** Stops in the middle of whatever it does, and does not know that it has. */
  pause(durationMs: number): void {
    if (this.condition !== 'running') return;
    this.setting.say?.(`${this.id} stands still for ${durationMs} ms`);
    this.condition = 'paused';
    this.setting.figures.pauses += 1;
    this.setting.time.after(durationMs, () => this.goOn());
  }

  /** As a process does on SIGTERM: ends the pass under way, saves what it has counted and frees its leases. */
  leave(): void {
    if (this.isLeaving) return;
    this.setting.say?.(`${this.id} is told to leave`);
    this.isLeaving = true;
    this.setting.figures.leaves += 1;
    if (!this.isPassing) this.deliver(() => this.stop());
  }

  private goOn(): void {
    if (this.condition !== 'paused') return;
    this.condition = 'running';
    const { backlog } = this;
    this.backlog = [];
    for (const run of backlog) this.deliver(run);
  }

  private passIn(delayMs: number): void {
    const turn = ++this.nextPass;
    this.setting.time.after(delayMs, () =>
      this.deliver(() => {
        if (turn === this.nextPass && !this.isLeaving) this.pass();
      }),
    );
  }

  private pass(): void {
    this.isPassing = true;
    this.isWoken = false;
    this.passes += 1;
    this.setting.figures.passes += 1;
    this.passBegunAt = this.setting.time.now;
    this.orchestrator.pass().then(
      () => this.passed(),
      (error: unknown) => {
        this.noteFailure('a pass', error);
        this.passed();
      },
    );
  }

  private passed(): void {
    this.isPassing = false;
    if (this.isLeaving) this.stop();
    else this.passIn(this.isWoken ? 1 : PASS_EVERY_MS);
  }

  private renew(): void {
    const begunAt = this.setting.time.now;
    const again = (): void => {
      const elapsedMs = this.setting.time.now - begunAt;
      this.setting.time.after(Math.max(1, RENEW_EVERY_MS - elapsedMs), () =>
        this.deliver(() => {
          if (!this.isLeaving) this.renew();
        }),
      );
    };
    this.orchestrator.renewLeases().then(again, (error: unknown) => {
      this.noteFailure('a renewal of leases', error);
      again();
    });
  }

  private stop(): void {
    const gone = (): void => {
      this.setting.say?.(`${this.id} has left`);
      this.condition = 'gone';
    };
    this.orchestrator.stop().then(gone, (error: unknown) => {
      this.noteFailure('leaving', error);
      gone();
    });
  }

  private noteFailure(what: string, error: unknown): void {
    const { message, stack } = error as Error;
    this.setting.say?.(`${this.id}: ${what} failed: ${message}`);
    if (error instanceof CallFault || error instanceof StaleLease) return;
    this.setting.referee.violated('the loop fails only when a call does', `${this.id}: ${stack ?? message}`);
  }
}
