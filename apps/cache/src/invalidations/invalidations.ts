import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CacheStep, InvalidationRequest } from '@croupier/contracts';
import { activeTraceparent, Inbox, traceparentOf } from '@croupier/messaging';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import type { NewTask } from '../jobs/job';
import { JobRepository } from '../jobs/job-repository';
import { JobWorker } from '../jobs/job-worker';
import { plannedSteps, type PlannedStep } from '../rules/planned-steps';
import { RuleBook } from '../rules/rule-book';
import { versionChangeOf, type VersionEvent } from '../rules/version-change';
import { TargetList } from '../targets/target-list';
import { invalidationOver, targetCannot, unknownInvalidation, unknownTarget } from './invalidation-problems';
import { chosenTargets } from './target-choice';

/** Makes jobs of what happens and of what people ask for. */
@Injectable()
export class Invalidations {
  constructor(
    private readonly targets: TargetList,
    private readonly rules: RuleBook,
    private readonly jobs: JobRepository,
    private readonly worker: JobWorker,
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly audit: AuditTrail,
  ) {}

  /** The job is stored with the record of the event; it is done afterwards, however long that takes. */
  async afterEvent(event: VersionEvent): Promise<void> {
    const change = versionChangeOf(event);
    if (change === null) return;
    const { provider, game, version, cause, eventId, actor, reason, releaseId } = change;
    await this.inbox.once(event, async (tx) => {
      const tasks = this.tasksOf(plannedSteps(await this.rules.ruleFor(tx, provider, game), change));
      if (tasks.length === 0) return;
      const job = { cause, eventId, actor, reason, releaseId, provider, game, version, dryRun: false };
      const traceparent = traceparentOf(event) ?? null;
      await this.jobs.insert(tx, { id: randomUUID(), ...job, traceparent, tasks });
    });
    this.worker.wake();
  }

  /** Answers the job's id. */
  async onDemand(request: InvalidationRequest, actor: string): Promise<string> {
    const { selectors, targets, dryRun, verify, reason } = request;
    this.refuseUnknown(targets);
    const steps: CacheStep[] = selectors.map((selector) => ({ kind: 'purge', selector }));
    for (const [index, step] of steps.entries()) this.refuseImpossible(step, targets, `selectors.${index}`);
    const verifications: CacheStep[] = dryRun
      ? []
      : verify.map((path) => ({ kind: 'verify', path, expect: null }));
    for (const [index, step] of verifications.entries())
      this.refuseImpossible(step, targets, `verify.${index}`);
    const id = randomUUID();
    const traceparent = activeTraceparent() ?? null;
    const job = { cause: 'operator' as const, eventId: null, actor, reason, dryRun, traceparent };
    const tasks = this.tasksOf([...steps, ...verifications].map((step) => ({ step, targets })));
    await this.dataSource.transaction(async (tx) => {
      await this.jobs.insert(tx, {
        ...{ id, ...job, releaseId: null, provider: null, game: null, version: null, tasks },
      });
      const object = { type: 'invalidation', id };
      const after = { selectors, targets, dryRun };
      await this.audit.record(tx, { actor, action: 'invalidation.ordered', object, reason, after });
    });
    this.worker.wake();
    return id;
  }

  /** What has not begun is left out; what is under way is finished. */
  async cancel(id: string, actor: string, reason: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [job] = await tx.query<{ state: string }[]>(
        'SELECT state FROM invalidation_jobs WHERE id = $1 FOR UPDATE',
        [id],
      );
      if (!job) throw unknownInvalidation(id);
      if (job.state !== 'running') throw invalidationOver(id, job.state);
      await tx.query(
        `UPDATE invalidation_tasks SET state = 'skipped', finished_at = now(), detail = $2
          WHERE job_id = $1 AND state = 'waiting'`,
        [id, `cancelled by ${actor}: ${reason}`],
      );
      await tx.query(`UPDATE invalidation_jobs SET state = 'cancelled', finished_at = now() WHERE id = $1`, [
        id,
      ]);
      const object = { type: 'invalidation', id };
      await this.audit.record(tx, { actor, action: 'invalidation.cancelled', object, reason });
    });
  }

  private tasksOf(steps: readonly PlannedStep[]): NewTask[] {
    return steps.flatMap(({ step, targets }, position) =>
      chosenTargets(this.targets.all, step, targets).map(({ name }) => ({ position, step, target: name })),
    );
  }

  private refuseUnknown(names: readonly string[] | null): void {
    const unknown = names?.find((name) => !this.targets.find(name));
    const known = this.targets.all.map(({ name }) => name);
    if (unknown !== undefined) throw unknownTarget(unknown, known, 'targets');
  }

  private refuseImpossible(step: CacheStep, names: readonly string[] | null, field: string): void {
    const chosen = chosenTargets(this.targets.all, step, names);
    const what = step.kind === 'purge' ? `purge by ${step.selector.kind}` : 'be read through and compared';
    if (chosen.length === 0) throw targetCannot(field, `no target can ${what}`);
    const left = names?.find((name) => !chosen.some((target) => target.name === name));
    if (left !== undefined) throw targetCannot(field, `${left} cannot ${what}`);
  }
}
