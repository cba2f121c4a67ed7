import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isEnded, isFinished, statusOf } from '@croupier/rollout';
import { PeriodicTask } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import type { ReleaseRecord } from '../releases/release-record';
import { ReleaseRepository } from '../releases/release-repository';
import { ReleaseTeller } from '../releases/release-teller';
import { PipelineConfig } from './pipeline-config';
import { PipelineRunners } from './pipeline-runners';
import type { PipelineResult } from './pipeline-runner';
import { outcomeOf } from './pipelines';
import { PipelineRunRepository, runIdOf, type PipelineRun } from './runs/pipeline-run-repository';

const LOOK_EVERY_MS = 250;

/** Follows the runs outside to their end, on whichever replica, and cancels those that nobody waits for any more. */
@Injectable()
export class PipelineWatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PipelineWatcher.name);
  private readonly task = new PeriodicTask(this.logger, 'Pipelines cannot be followed', () => this.look());

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: PipelineConfig,
    private readonly runners: PipelineRunners,
    private readonly runs: PipelineRunRepository,
    private readonly releases: ReleaseRepository,
    private readonly teller: ReleaseTeller,
  ) {}

  onApplicationBootstrap(): void {
    // The built-in pipeline leaves nothing to follow.
    if ([...this.config.runners.names()].every((name) => name === 'built-in')) return;
    this.task.start(LOOK_EVERY_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async look(): Promise<void> {
    const due = await this.runs.claimDue(this.config.pollMs);
    await Promise.all(
      due.map((run) =>
        this.follow(run).catch((error: Error) =>
          this.logger.warn(
            `${run.runner} run ${run.externalId} of release ${run.releaseId}: ${error.message}`,
          ),
        ),
      ),
    );
  }

  private async follow(run: PipelineRun): Promise<void> {
    const release = await this.releases.find(run.releaseId);
    if (!release || run.externalId === null) return;
    const runner = this.runners.of(run.runner);
    const { digest, manifestUrl, manifest } = release;
    const environment = run.purpose === 'staging' ? 'staging' : 'production';
    const job = {
      releaseId: run.releaseId,
      runId: runIdOf(run),
      spec: { environment, digest, manifestUrl, manifest },
    } as const;
    const isWanted = isAwaited(run, release);
    if (!isWanted) await runner.cancel(run.externalId, job);
    const state = await runner.poll(run.externalId, job);
    if (state.kind === 'ended') await this.end(run, state.url, state.result);
    else if (!isWanted)
      await this.end(run, state.url, {
        outcome: 'cancelled',
        reason: `the release is ${release.status}`,
        suites: [],
        log: '',
      });
    else if (state.externalId !== run.externalId || state.url !== run.url)
      await this.runs.located(run, state.externalId, state.url);
  }

  private async end(run: PipelineRun, url: string | null, result: PipelineResult): Promise<void> {
    const told = await this.dataSource.transaction(async (tx) =>
      (await this.runs.ended(tx, run, url, result))
        ? this.teller.tellWithin(tx, run.releaseId, outcomeOf(run.purpose, result))
        : null,
    );
    if (told) this.teller.after(told);
  }
}

function isAwaited({ purpose }: PipelineRun, { state }: ReleaseRecord): boolean {
  if (isEnded(state) || isFinished(state)) return false;
  return purpose === 'preview' || statusOf(state) === 'testing';
}
