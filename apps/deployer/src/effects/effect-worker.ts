import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Effect, RolloutInput } from '@croupier/rollout';
import { fullJitterMs } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { ReleaseRepository } from '../releases/release-repository';
import { RolloutEngine } from '../rollouts/rollout-engine';
import { EffectExecutor } from './effect-executor';
import { EffectRepository, type PendingEffect } from './effect-repository';
import { EffectSignal } from './effect-signal';

const POLL_MS = 500;
const MAX_ATTEMPTS = 4;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/** Performs effects until each is done: at least once, in the order of its lane. */
@Injectable()
export class EffectWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EffectWorker.name);
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private claiming = false;
  private rungWhileClaiming = false;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly effects: EffectRepository,
    private readonly executor: EffectExecutor,
    private readonly releases: ReleaseRepository,
    private readonly engine: RolloutEngine,
    private readonly signal: EffectSignal,
  ) {}

  onApplicationBootstrap(): void {
    this.signal.onRing(() => void this.claim());
    this.timer = setInterval(() => void this.claim(), POLL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    await Promise.allSettled(this.underWay);
  }

  private async claim(): Promise<void> {
    if (this.stopped) return;
    if (this.claiming) {
      this.rungWhileClaiming = true;
      return;
    }
    this.claiming = true;
    try {
      for (const pending of await this.effects.claim()) this.start(pending);
    } catch (error) {
      this.logger.warn(`Effects cannot be claimed now: ${(error as Error).message}`);
    } finally {
      this.claiming = false;
    }
    if (this.rungWhileClaiming) {
      this.rungWhileClaiming = false;
      await this.claim();
    }
  }

  private start(pending: PendingEffect): void {
    const work = this.perform(pending).finally(() => {
      this.underWay.delete(work);
      void this.claim();
    });
    this.underWay.add(work);
  }

  private async perform(pending: PendingEffect): Promise<void> {
    try {
      const release = await this.releases.find(pending.releaseId);
      if (!release) throw new Error('The release is gone');
      const outcome = await this.executor.execute(pending.effect, release);
      await this.finish(pending, outcome.input, outcome.store);
      await outcome.afterCommit?.();
    } catch (error) {
      await this.failed(pending, (error as Error).message);
    }
  }

  private async finish(
    pending: PendingEffect,
    input: RolloutInput | undefined,
    store?: (tx: DataSource['manager']) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await store?.(tx);
      await this.effects.done(tx, pending.id);
      if (input) await this.engine.tellWithin(tx, pending.releaseId, input);
    });
  }

  /** Tries again; what can be given up ends the release, what cannot (traffic, clearing away) is tried for ever. */
  private async failed(pending: PendingEffect, reason: string): Promise<void> {
    this.logger.warn(`${pending.effect.key} failed at attempt ${pending.attempts}: ${reason}`);
    try {
      const input = pending.attempts >= MAX_ATTEMPTS ? failureOf(pending.effect, reason) : null;
      if (input) return await this.finish(pending, input);
      const delayMs = fullJitterMs(pending.attempts, FIRST_RETRY_MS, LONGEST_RETRY_MS);
      await this.effects.retryLater(pending.id, reason, delayMs);
    } catch (error) {
      this.logger.warn(`${pending.effect.key} waits for its lease to end: ${(error as Error).message}`);
    }
  }
}

function failureOf(effect: Effect, reason: string): RolloutInput | null {
  switch (effect.kind) {
    case 'deploy-staging':
      return { kind: 'stagingFailed', reason };
    case 'run-tests':
      return { kind: 'testsFailed', reason };
    case 'deploy-production':
      return { kind: 'workloadFailed', reason };
    default:
      return null;
  }
}
