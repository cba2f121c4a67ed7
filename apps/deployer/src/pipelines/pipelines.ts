import { Injectable } from '@nestjs/common';
import type { RolloutInput } from '@croupier/rollout';
import { DataSource } from 'typeorm';
import { PipelineRunners } from './pipeline-runners';
import type { PipelineJob, PipelineResult } from './pipeline-runner';
import { PipelineRunRepository, type PipelinePurpose } from './runs/pipeline-run-repository';

/** Has a release's version tested, and keeps what comes of it on the release. */
@Injectable()
export class Pipelines {
  constructor(
    private readonly dataSource: DataSource,
    private readonly runs: PipelineRunRepository,
    private readonly runners: PipelineRunners,
  ) {}

  /** Answers what the release is told; null when it runs outside, and the watcher tells it later. Safe to repeat. */
  async run(purpose: PipelinePurpose, job: PipelineJob): Promise<RolloutInput | null> {
    const { provider, game } = job.spec.manifest;
    const run = await this.runs.begin(job.releaseId, purpose, this.runners.nameFor(provider, game));
    if (run.status !== 'running') return outcomeOf(purpose, { ...run, outcome: run.status });
    if (run.externalId !== null) return null;
    const state = await this.runners.of(run.runner).start(job);
    if (state.kind === 'running') {
      await this.runs.located(run, state.externalId, state.url);
      return null;
    }
    await this.runs.ended(this.dataSource.manager, run, state.url, state.result);
    return outcomeOf(purpose, state.result);
  }
}

export function outcomeOf(purpose: PipelinePurpose, result: PipelineResult): RolloutInput {
  const { outcome, reason, suites } = result;
  const checks = suites.map(({ name, tests, skipped }) => `${name} (${tests - skipped})`);
  if (purpose === 'staging')
    return outcome === 'passed'
      ? { kind: 'testsPassed', checks }
      : { kind: 'testsFailed', reason: reason || outcome };
  return outcome === 'passed'
    ? { kind: 'previewPassed', checks }
    : { kind: 'previewFailed', reason: reason || outcome };
}
