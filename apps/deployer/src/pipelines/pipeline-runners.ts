import { Injectable } from '@nestjs/common';
import { BuiltInPipeline } from './built-in/built-in-pipeline';
import { GitLabPipeline } from './gitlab/gitlab-pipeline';
import { JenkinsPipeline } from './jenkins/jenkins-pipeline';
import { PipelineConfig, type RunnerName } from './pipeline-config';
import type { PipelineRunner } from './pipeline-runner';

/** The runners that there are, and which of them a subject's versions are tested by. */
@Injectable()
export class PipelineRunners {
  private readonly byName: Readonly<Record<RunnerName, PipelineRunner>>;

  constructor(
    private readonly config: PipelineConfig,
    builtIn: BuiltInPipeline,
    gitLab: GitLabPipeline,
    jenkins: JenkinsPipeline,
  ) {
    this.byName = { 'built-in': builtIn, 'gitlab-ci': gitLab, jenkins };
  }

  nameFor(provider: string, game: string): RunnerName {
    return this.config.runners.of(provider, game) ?? 'built-in';
  }

  of(name: RunnerName): PipelineRunner {
    return this.byName[name];
  }
}
