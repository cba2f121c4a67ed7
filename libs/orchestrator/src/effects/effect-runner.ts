import type { RolloutInput } from '@croupier/rollout';
import type { Clock } from '../ports/clock';
import type { EffectPerformer, OutsideEffect } from '../ports/effect-performer';
import type { Lease } from '../ports/lease-store';
import type { PendingEffect, StoredRelease } from '../ports/release-store';
import type { EffectQueue } from './effect-queue';
import { failureOf } from './failure-of';

export interface EffectLimits {
  /** How many are performed at a time. */
  readonly concurrency: number;
  /** Then it counts as failed, and whatever it still does is repeated safely. */
  readonly timeoutMs: number;
  /** Before an effect that can be given up is given up. */
  readonly attempts: number;
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

interface Try {
  readonly attempts: number;
  readonly notBefore: number;
}

/** Performs the outside effects: at least once each, in the order of their release, until each is done or given up. */
export class EffectRunner {
  private readonly underWay = new Map<string, { readonly startedAt: number }>();
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

  /** Begins what can begin. */
  start(
    leases: ReadonlyMap<number, Lease>,
    releaseOf: (pending: PendingEffect) => StoredRelease | undefined,
  ): void {
    const now = this.clock.now();
    this.giveUpHanging(now);
    for (const pending of this.queue.nextOutside()) {
      if (this.underWay.size >= this.limits.concurrency) return;
      const { key } = pending.effect;
      if (this.underWay.has(key) || (this.tries.get(key)?.notBefore ?? 0) > now) continue;
      const release = releaseOf(pending);
      const lease = release && leases.get(release.partition);
      if (release && lease) this.perform(pending, release, lease.token);
    }
  }

  /** What has come since the last call. */
  takeOutcomes(): Outcome[] {
    const taken = this.outcomes;
    this.outcomes = [];
    return taken;
  }

  /** The outcome could not be stored: the effect is performed again. */
  again({ effect }: PendingEffect): void {
    this.retryLater(effect.key, this.tries.get(effect.key)?.attempts ?? 0);
  }

  /** Somebody else's now, or done. */
  forget({ effect }: PendingEffect): void {
    this.tries.delete(effect.key);
  }

  private perform(pending: PendingEffect, release: StoredRelease, token: number): void {
    const { key } = pending.effect;
    const started = { startedAt: this.clock.now() };
    this.underWay.set(key, started);
    this.performer.perform(pending.effect as OutsideEffect, release, token).then(
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
    const most = Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
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
    for (const [key, { startedAt }] of this.underWay) {
      if (now - startedAt < this.limits.timeoutMs) continue;
      this.underWay.delete(key);
      this.warn(`${key} has not ended within ${this.limits.timeoutMs} ms`);
      this.retryLater(key, (this.tries.get(key)?.attempts ?? 0) + 1);
    }
  }
}
