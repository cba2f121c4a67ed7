import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ClaimLoop, growingDelayMs, Metrics, Tracing } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { CacheConfig } from '../cache-config';
import { TargetFault } from '../targets/target-fault';
import { TargetList } from '../targets/target-list';
import type { ClaimedTask } from './job';
import { JobEnding } from './job-ending';
import { StepRunner } from './step-runner';
import { LEASE_SECONDS, TaskQueue, type Progress } from './task-queue';

const AT_ONCE = 8;
/** For retries that are due, and for what other replicas have left; news wakes it sooner. */
const LOOK_EVERY_MS = 500;
const RENEW_EVERY_MS = (LEASE_SECONDS * 1000) / 4;
/** A scan of a large Redis takes minutes; whatever takes longer is begun again. */
const ATTEMPT_LIMIT_MS = 10 * 60_000;

/** Works on tasks of all jobs, several at a time. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(JobWorker.name);
  private readonly loop: ClaimLoop<ClaimedTask>;
  private readonly ended;
  private readonly attempts;
  private readonly seconds;

  constructor(
    private readonly queue: TaskQueue,
    private readonly runner: StepRunner,
    private readonly targets: TargetList,
    private readonly ending: JobEnding,
    private readonly dataSource: DataSource,
    private readonly config: CacheConfig,
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.ended = metrics.counter<'cause' | 'outcome'>({
      name: 'cache_invalidations_total',
      help: 'Jobs that are over, by what they were made for and how they ended',
      labelNames: ['cause', 'outcome'],
    });
    this.attempts = metrics.counter<'target' | 'outcome'>({
      name: 'cache_target_attempts_total',
      help: 'Attempts at one step at one target',
      labelNames: ['target', 'outcome'],
    });
    this.seconds = metrics.histogram<'cause'>({
      name: 'cache_invalidation_seconds',
      help: 'From a job to its end',
      labelNames: ['cause'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    });
    metrics.readNumberAtScrape(
      'cache_tasks_open',
      'Steps at targets that are not over, of all replicas',
      () => queue.countOpen(),
    );
    this.loop = new ClaimLoop({
      atOnce: AT_ONCE,
      everyMs: LOOK_EVERY_MS,
      claim: () => this.queue.claim(),
      // What is not recorded is found by whoever takes the task over when its lease has ended.
      work: (task) =>
        this.work(task).catch((error: Error) =>
          this.logger.warn(`The outcome at ${task.target} is not recorded: ${error.message}`),
        ),
      onFailed: (error) => this.logger.warn(`No task can be taken: ${error.message}`),
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** There may be something to do. */
  wake(): void {
    this.loop.wake();
  }

  private async work(task: ClaimedTask): Promise<void> {
    let progress: Progress = { done: task.done, total: null, entries: task.entries };
    const lost = new AbortController();
    const renewal = setInterval(() => {
      void this.queue.renew(task, progress).then(
        (held) => void (held || lost.abort()),
        () => undefined,
      );
    }, RENEW_EVERY_MS);
    const signal = AbortSignal.any([lost.signal, this.loop.signal, AbortSignal.timeout(ATTEMPT_LIMIT_MS)]);
    try {
      const detail = await this.attempt(task, {
        signal,
        onProgress: (now) => {
          progress = now;
        },
      });
      this.attempts.inc({ target: task.target, outcome: 'done' });
      await this.end(task, 'done', progress, detail);
    } catch (error) {
      if (lost.signal.aborted) return;
      this.attempts.inc({ target: task.target, outcome: 'failed' });
      await this.afterFailure(task, progress, faultOf(error));
    } finally {
      clearInterval(renewal);
    }
  }

  private async attempt(
    task: ClaimedTask,
    run: { signal: AbortSignal; onProgress: (progress: Progress) => void },
  ): Promise<string | null> {
    const target = this.targets.find(task.target);
    if (!target) throw new TargetFault(`${task.target} is no target of this configuration any more`, false);
    // A process that ends in the middle counts as well, or a task that ends it would end every replica, for ever.
    if (task.attempts > this.config.attempts)
      throw new TargetFault(
        `given up: the ${this.config.attempts} attempts before did not come to an end`,
        false,
      );
    return this.runner.run(task, target, run);
  }

  private async afterFailure(task: ClaimedTask, progress: Progress, fault: TargetFault): Promise<void> {
    const { attempts, step } = task;
    if (fault.retryable && (step.kind === 'origin' || step.kind === 'verify'))
      if (await this.queue.isOvertaken(task.jobId))
        return this.end(task, 'skipped', progress, `a newer change has overtaken it: ${fault.message}`);
    // A process that stops has done nothing wrong; what it leaves is taken up at once.
    const stopping = this.loop.signal.aborted;
    if (!stopping && (!fault.retryable || attempts >= this.config.attempts)) {
      this.logger.warn(`${task.target} was not purged after ${attempts} attempts: ${fault.message}`);
      return this.end(task, 'failed', progress, fault.message);
    }
    await this.queue.retry(task, progress, {
      delayMs: stopping ? 0 : growingDelayMs(attempts, this.config.firstRetryMs, fault.retryAfterMs),
      detail: fault.message,
      pausesTarget: fault.retryAfterMs !== null,
    });
  }

  private async end(
    task: ClaimedTask,
    state: 'done' | 'failed' | 'skipped',
    progress: Progress,
    detail: string | null,
  ): Promise<void> {
    const over = await this.dataSource.transaction(async (tx) => {
      if (!(await this.queue.end(tx, task, state, progress, detail))) return null;
      if (state === 'failed' && task.step.kind === 'warm')
        await this.queue.skipAfter(tx, task, 'the new files cannot be had through this target');
      return this.ending.endIfOver(tx, task.jobId);
    });
    if (over === null) return;
    this.ended.inc({ cause: over.cause, outcome: over.state });
    this.seconds.observe({ cause: over.cause }, over.seconds);
    const startMs = over.startedAt.getTime();
    this.tracing.record({
      name: 'invalidate caches',
      parent: over.traceparent,
      attributes: { 'croupier.invalidation.id': task.jobId, 'croupier.invalidation.cause': over.cause },
      startMs,
      endMs: startMs + over.seconds * 1000,
      fault: over.state === 'failed' ? 'a target was not purged' : undefined,
    });
  }
}

/** What nobody has foreseen, such as Redis hanging up, may pass. */
function faultOf(error: unknown): TargetFault {
  return error instanceof TargetFault
    ? error
    : new TargetFault((error as Error).message || String(error), true);
}
