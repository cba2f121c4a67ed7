import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { DeployerConfig } from './deployer-config';
import { EffectExecutor } from './effects/effect-executor';
import { EffectRepository } from './effects/effect-repository';
import { EffectSignal } from './effects/effect-signal';
import { EffectWorker } from './effects/effect-worker';
import { TrafficEffects } from './effects/traffic-effects';
import { RolloutJudge } from './judging/rollout-judge';
import { BuiltInPipeline } from './pipelines/built-in-pipeline';
import { PipelineRunner } from './pipelines/pipeline-runner';
import { ReleaseConsumer } from './releases/release-consumer';
import { ReleaseController } from './releases/release-controller';
import { ReleaseQueue } from './releases/release-queue';
import { ReleaseRepository } from './releases/release-repository';
import { RolloutEngine } from './rollouts/rollout-engine';
import { RolloutLoop } from './rollouts/rollout-loop';
import { RolloutMetrics } from './rollouts/rollout-metrics';
import { RoutingController } from './routing/routing-controller';
import { RoutingRepository } from './routing/routing-repository';
import { RoutingWaiters } from './routing/routing-waiters';
import { ArtifactStore } from './targets/artifact-store';
import { DeploymentTarget } from './targets/deployment-target';
import { LocalTarget } from './targets/local-target';
import { TelemetryController } from './telemetry/telemetry-controller';
import { TelemetryRepository } from './telemetry/telemetry-repository';
import { TelemetryRetention } from './telemetry/telemetry-retention';
import { TimelineRepository } from './timeline/timeline-repository';
import { WorkloadKeeper } from './workloads/workload-keeper';
import { WorkloadRepository } from './workloads/workload-repository';

@Module({
  controllers: [ReleaseConsumer, ReleaseController, RoutingController, TelemetryController],
  providers: [
    {
      provide: DeployerConfig,
      useFactory: (environment: Environment) => new DeployerConfig(environment),
      inject: [Environment],
    },
    { provide: DeploymentTarget, useClass: LocalTarget },
    { provide: PipelineRunner, useClass: BuiltInPipeline },
    ArtifactStore,
    EffectExecutor,
    EffectRepository,
    EffectSignal,
    EffectWorker,
    ReleaseQueue,
    ReleaseRepository,
    RolloutEngine,
    RolloutJudge,
    RolloutLoop,
    RolloutMetrics,
    RoutingRepository,
    RoutingWaiters,
    TelemetryRepository,
    TelemetryRetention,
    TimelineRepository,
    TrafficEffects,
    WorkloadKeeper,
    WorkloadRepository,
  ],
})
export class DeployerModule {}
