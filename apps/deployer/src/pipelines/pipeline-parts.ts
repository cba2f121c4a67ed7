import { Environment } from '@croupier/service-kit';
import { BuiltInPipeline } from './built-in/built-in-pipeline';
import { Collections } from './built-in/collections';
import { MoneyPath } from './built-in/money-path';
import { GitLabPipeline } from './gitlab/gitlab-pipeline';
import { JenkinsPipeline } from './jenkins/jenkins-pipeline';
import { PipelineConfig } from './pipeline-config';
import { PipelineController } from './pipeline-controller';
import { PipelineRunners } from './pipeline-runners';
import { PipelineWatcher } from './pipeline-watcher';
import { Pipelines } from './pipelines';
import { PipelineRunRepository } from './runs/pipeline-run-repository';

/** For the deployer's module: what proves a version. */
export const PIPELINE_CONTROLLERS = [PipelineController];
export const PIPELINE_PROVIDERS = [
  {
    provide: PipelineConfig,
    useFactory: (environment: Environment) => new PipelineConfig(environment),
    inject: [Environment],
  },
  BuiltInPipeline,
  Collections,
  GitLabPipeline,
  JenkinsPipeline,
  MoneyPath,
  PipelineRunners,
  PipelineRunRepository,
  Pipelines,
  PipelineWatcher,
];
