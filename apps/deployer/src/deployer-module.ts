import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { CLEARANCE_CONTROLLERS, CLEARANCE_PROVIDERS } from './clearances/clearance-parts';
import { DeployerConfig } from './deployer-config';
import { WorkloadEffects } from './effects/workload-effects';
import { FeedController } from './feed/feed-controller';
import { TimelineFeed } from './feed/timeline-feed';
import { FREEZE_CONTROLLERS, FREEZE_PROVIDERS } from './freezes/freeze-parts';
import { LeaseRepository } from './leases/lease-repository';
import { LIVE_CONTROLLERS, LIVE_PROVIDERS } from './live/live-parts';
import { METRIC_SOURCE_PROVIDERS } from './metric-sources/metric-source-parts';
import { OrchestrationLoop } from './orchestration/orchestration-loop';
import { OrchestrationObserver } from './orchestration/orchestration-observer';
import { PIPELINE_CONTROLLERS, PIPELINE_PROVIDERS } from './pipelines/pipeline-parts';
import { POLICY_CONTROLLERS, POLICY_PROVIDERS } from './policies/policy-parts';
import { ArtifactRepository } from './releases/artifact-repository';
import { ReleaseAnalyses } from './releases/release-analyses';
import { ReleaseConsumer } from './releases/release-consumer';
import { ReleaseController } from './releases/release-controller';
import { ReleaseResource } from './releases/release-resource';
import { ReleaseQueue } from './releases/release-queue';
import { ReleaseRepository } from './releases/release-repository';
import { PostgresReleaseStore } from './releases/release-store';
import { ReleaseTeller } from './releases/release-teller';
import { ReleaseWriter } from './releases/release-writer';
import { ROLLOUT_METRIC_PROVIDERS } from './rollout-metrics/rollout-metric-parts';
import { ROUTER_PROVIDERS } from './routers/router-parts';
import { RoutingController } from './routing/routing-controller';
import { RoutingRepository } from './routing/routing-repository';
import { RoutingWaiters } from './routing/routing-waiters';
import { StandingRepository } from './routing/standing-repository';
import { StageSpans } from './stage-spans/stage-spans';
import { TARGET_PROVIDERS } from './targets/target-parts';
import { MetricController } from './telemetry/metric-controller';
import { TelemetryController } from './telemetry/telemetry-controller';
import { TelemetryRepository } from './telemetry/telemetry-repository';
import { TelemetryRetention } from './telemetry/telemetry-retention';
import { TimelineRepository } from './timeline/timeline-repository';
import { WorkloadKeeper } from './workloads/workload-keeper';
import { WorkloadRepository } from './workloads/workload-repository';

@Module({
  controllers: [
    ...CLEARANCE_CONTROLLERS,
    ...FREEZE_CONTROLLERS,
    ...LIVE_CONTROLLERS,
    ...PIPELINE_CONTROLLERS,
    ...POLICY_CONTROLLERS,
    FeedController,
    MetricController,
    ReleaseConsumer,
    ReleaseController,
    RoutingController,
    TelemetryController,
  ],
  providers: [
    {
      provide: DeployerConfig,
      useFactory: (environment: Environment) => new DeployerConfig(environment),
      inject: [Environment],
    },
    ...CLEARANCE_PROVIDERS,
    ...FREEZE_PROVIDERS,
    ...LIVE_PROVIDERS,
    ...METRIC_SOURCE_PROVIDERS,
    ...PIPELINE_PROVIDERS,
    ...POLICY_PROVIDERS,
    ...ROLLOUT_METRIC_PROVIDERS,
    ...ROUTER_PROVIDERS,
    ...TARGET_PROVIDERS,
    ArtifactRepository,
    LeaseRepository,
    OrchestrationLoop,
    OrchestrationObserver,
    PostgresReleaseStore,
    ReleaseAnalyses,
    ReleaseQueue,
    ReleaseResource,
    ReleaseRepository,
    ReleaseTeller,
    ReleaseWriter,
    RoutingRepository,
    RoutingWaiters,
    StageSpans,
    StandingRepository,
    TelemetryRepository,
    TelemetryRetention,
    TimelineFeed,
    TimelineRepository,
    WorkloadEffects,
    WorkloadKeeper,
    WorkloadRepository,
  ],
})
export class DeployerModule {}
