import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { Told } from '@croupier/orchestrator';
import type { Freeze, ReleasePlan, RolloutInput } from '@croupier/rollout';
import { AuditTrail, requirePrecondition, versionTag, type Precondition } from '@croupier/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { FreezeService } from '../freezes/freeze-service';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { OrchestrationObserver } from '../orchestration/orchestration-observer';
import { PostgresReleaseStore } from './release-store';

/** Tells a release what an operator wants or another service has done, on whichever replica it arrives. */
@Injectable()
export class ReleaseTeller {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PostgresReleaseStore,
    private readonly loop: OrchestrationLoop,
    private readonly observer: OrchestrationObserver,
    private readonly freezes: FreezeService,
    private readonly audit: AuditTrail,
  ) {}

  /** Answers null when there is no such release. Refuses with 412 when it is not as the caller takes it to be. */
  async tell(
    releaseId: ReleaseId,
    input: RolloutInput,
    expected: Precondition | null = null,
  ): Promise<Told | null> {
    const told = await this.dataSource.transaction(async (tx) => {
      if (expected) await this.requireRevision(tx, releaseId, expected);
      const answer = await this.tellWithin(tx, releaseId, input);
      if (answer && input.kind === 'command' && !answer.decision.refusal) {
        const { actor, command, reason } = input;
        const { provider } = answer.release.state.plan;
        const object = { type: 'release', id: releaseId };
        await this.audit.record(tx, {
          provider,
          actor,
          action: `release.commanded.${command}`,
          object,
          reason,
        });
      }
      return answer;
    });
    if (told) this.after(told);
    return told;
  }

  /**
   * For callers with a transaction of their own; they call `after` when it is committed. The freeze of the moment is told
   * first: the loop may not have seen it yet, and nothing that is asked for may begin in it.
   */
  async tellWithin(tx: EntityManager, releaseId: ReleaseId, input: RolloutInput): Promise<Told | null> {
    const now = Date.now();
    const freeze = await this.freezeOf(tx, releaseId, now);
    const inputs: RolloutInput[] = freeze === null ? [input] : [{ kind: 'freeze', freeze }, input];
    const tellings = inputs.map((each) => ({ releaseId, input: each }));
    const [told] = await this.store.tellWithin(tx, tellings, now);
    return told ?? null;
  }

  after({ release, decision }: Told): void {
    this.observer.decided(release, decision);
    if (decision.events.length > 0) this.loop.wake();
  }

  private async freezeOf(tx: EntityManager, releaseId: ReleaseId, now: number): Promise<Freeze | null> {
    const [row] = await tx.query<{ plan: ReleasePlan }[]>(
      `SELECT state -> 'plan' AS plan FROM releases WHERE id = $1`,
      [releaseId],
    );
    return row ? this.freezes.freezeOf(row.plan, now) : null;
  }

  private async requireRevision(
    tx: EntityManager,
    releaseId: ReleaseId,
    expected: Precondition,
  ): Promise<void> {
    const [row] = await tx.query<{ revision: number }[]>(
      'SELECT revision FROM releases WHERE id = $1 FOR UPDATE',
      [releaseId],
    );
    if (row) requirePrecondition(expected, versionTag(row.revision));
  }
}
