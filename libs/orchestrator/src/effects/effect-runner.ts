import type { RolloutInput } from '@croupier/rollout';
import type { Clock } from '../ports/clock';
import type { EffectPerformer, OutsideEffect } from '../ports/effect-performer';
import type { Lease } from '../ports/lease-store';
import type { PendingEffect, StoredRelease } from '../ports/release-store';
import type { EffectQueue } from './effect-queue';
import { isStop, type Fate } from './needed-workloads';
import { failureOf } from './failure-of';
import { workloadOf } from './workload-of';

export interface EffectLimits {
  /** How many are performed at a time. */
  readonly concurrency: number;
  /** Then it counts as failed, and whatever it still does is repeated safely. */
  readonly timeoutMs: number;
  /** Before an effect that can be given up is given up. */
  readonly attempts: number;
  /** The longest wait before the first repetition; twice as long before each other one. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const EFFECT_LIMITS: EffectLimits = {
  concurrency: 16,
  timeoutMs: 120_000,
  attempts: 4,
  firstRetryMs: 250,
  longestRetryMs: 10_000,
};

/** What has come of an effect, to be told. */
export interface Outcome {
  readonly pending: PendingEffect;
  readonly input: RolloutInput | null;
}

interface UnderWay {
  readonly pending: PendingEffect;
  readonly workload: string;
  readonly startedAt: number;
}

/** A workload that some market is dealt stays up for hours or months. */
const LOOK_AGAIN_MS = 2_000;

interface Try {
  readonly attempts: number;
  readonly notBefore: number;
}

/** Performs the outside effects: at least once each, in the order of their release, until each is done or given up. */
export class EffectRunner {
  private readonly underWay = new Map<string, UnderWay>();
  private readonly tries = new Map<string, Try>();
  private outcomes: Outcome[] = [];

  constructor(
    private readonly queue: EffectQueue,
    private readonly performer: EffectPerformer,
    private readonly clock: Clock,
    private readonly limits: EffectLimits,
    private readonly onOutcome: () => void,
    private readonly warn: (message: string) => void,
  ) {}

  /** What may be begun now, or be given up. */
  due(): PendingEffect[] {
    const now = this.clock.now();
    return this.queue.nextOutside().filter(({ effect }) => this.isDue(effect.key, now));
  }

  /** Begins what can begin. What is kept for others counts as done, and what waits is looked at again later. */
  start(
    leases: ReadonlyMap<number, Lease>,
    releaseOf: (pending: PendingEffect) => StoredRelease | undefined,
    fates: ReadonlyMap<string, Fate>,
  ): void {
    const now = this.clock.now();
    this.giveUpHanging(now);
    const busy = new Set([...this.underWay.values()].map(({ workload }) => workload));
    for (const pending of this.queue.nextOutside()) {
      if (this.underWay.size >= this.limits.concurrency) return;
      const effect = pending.effect as OutsideEffect;
      if (!this.isDue(effect.key, now)) continue;
      const release = releaseOf(pending);
      const lease = release && leases.get(release.partition);
      if (!release || !lease) continue;
      const workload = workloadOf(effect, release);
      if (busy.has(workload)) continue;
      const fate = fates.get(effect.key);
      // It has become due since its like were looked at: whether the workload is needed is not known yet.
      if (fate === undefined && isStop(effect.kind)) continue;
      if (fate === 'waits') {
        this.tries.set(effect.key, { attempts: 0, notBefore: now + LOOK_AGAIN_MS });
        continue;
      }
      if (fate === 'kept') this.report(pending, keptOf(effect));
      else this.perform(pending, release, lease.token);
      busy.add(workload);
    }
  }

  /** What has come since the last call. */
  takeOutcomes(): Outcome[] {
    const taken = this.outcomes;
    this.outcomes = [];
    return taken;
  }

  /** Not to be told yet. */
  putBack(outcome: Outcome): void {
    this.outcomes.push(outcome);
  }

  /** The outcome could not be stored: the effect is performed again. */
  again({ effect }: PendingEffect): void {
    this.retryLater(effect.key, this.tries.get(effect.key)?.attempts ?? 0);
  }

  /** Somebody else's now, or done. */
  forget({ effect }: PendingEffect): void {
    this.tries.delete(effect.key);
  }

  private isDue(key: string, now: number): boolean {
    return !this.underWay.has(key) && (this.tries.get(key)?.notBefore ?? 0) <= now;
  }

  private perform(pending: PendingEffect, release: StoredRelease, token: number): void {
    const effect = pending.effect as OutsideEffect;
    const { key } = effect;
    const started = { pending, workload: workloadOf(effect, release), startedAt: this.clock.now() };
    this.underWay.set(key, started);
    this.performer.perform(effect, release, token).then(
      (input) => {
        if (this.ended(key, started)) this.report(pending, input);
      },
      (error: Error) => {
        if (this.ended(key, started)) this.failed(pending, error.message);
      },
    );
  }

  /** False for one that has been given up as hanging. */
  private ended(key: string, started: object): boolean {
    if (this.underWay.get(key) !== started) return false;
    this.underWay.delete(key);
    return true;
  }

  private failed(pending: PendingEffect, reason: string): void {
    const effect = pending.effect as OutsideEffect;
    const attempts = (this.tries.get(effect.key)?.attempts ?? 0) + 1;
    this.warn(`${effect.key} failed at attempt ${attempts}: ${reason}`);
    const failure = attempts >= this.limits.attempts ? failureOf(effect, reason) : null;
    if (failure !== null) return this.report(pending, failure);
    this.retryLater(effect.key, attempts);
    this.onOutcome();
  }

  private retryLater(key: string, attempts: number): void {
    const { firstRetryMs, longestRetryMs } = this.limits;
    const most = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.max(0, attempts - 1));
    // Full jitter: Brooker 2015, 'Exponential Backoff And Jitter'.
    this.tries.set(key, { attempts, notBefore: this.clock.now() + this.clock.random() * most });
  }

  private report(pending: PendingEffect, input: RolloutInput | null): void {
    // Not begun again while the outcome waits to be stored.
    this.tries.set(pending.effect.key, { attempts: 0, notBefore: Infinity });
    this.outcomes.push({ pending, input });
    this.onOutcome();
  }

  private giveUpHanging(now: number): void {
    for (const [key, { pending, startedAt }] of this.underWay) {
      if (now - startedAt < this.limits.timeoutMs) continue;
      this.underWay.delete(key);
      this.failed(pending, `it has not ended within ${this.limits.timeoutMs} ms`);
    }
  }
}

/** What a release is told of a workload that goes on. */
function keptOf(effect: OutsideEffect): RolloutInput | null {
  return effect.kind === 'retire-workload' ? { kind: 'retired', version: effect.version, kept: true } : null;
}
