import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import { decide, type Decision, type RolloutInput } from '@croupier/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { EffectSignal } from '../effects/effect-signal';
import { ReleaseRepository } from '../releases/release-repository';
import { RolloutMetrics } from './rollout-metrics';

/** Puts inputs to the pure core and makes what it decides durable, one transaction each. */
@Injectable()
export class RolloutEngine {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: ReleaseRepository,
    private readonly effects: EffectSignal,
    private readonly metrics: RolloutMetrics,
  ) {}

  /** Answers null when there is no such release. */
  async tell(releaseId: ReleaseId, input: RolloutInput): Promise<Decision | null> {
    const decision = await this.dataSource.transaction((tx) => this.tellWithin(tx, releaseId, input));
    if (decision && decision.effects.length > 0) this.effects.ring();
    return decision;
  }

  /** For callers with a transaction of their own; they ring for the effects after it. */
  async tellWithin(tx: EntityManager, releaseId: ReleaseId, input: RolloutInput): Promise<Decision | null> {
    const record = await this.releases.lock(tx, releaseId);
    if (!record) return null;
    const decision = decide(record.state, input, Date.now());
    await this.releases.apply(tx, record, decision);
    this.metrics.decided(record, decision);
    return decision;
  }
}
