import { Module } from '@nestjs/common';
import { Environment, SharedCache } from '@croupier/service-kit';
import { CacheConfig } from './cache-config';
import { InvalidationController } from './invalidations/invalidation-controller';
import { Invalidations } from './invalidations/invalidations';
import { VersionConsumer } from './invalidations/version-consumer';
import { JobEnding } from './jobs/job-ending';
import { JobRepository } from './jobs/job-repository';
import { JobWorker } from './jobs/job-worker';
import { StepRunner } from './jobs/step-runner';
import { TaskQueue } from './jobs/task-queue';
import { RuleBook } from './rules/rule-book';
import { RuleController } from './rules/rule-controller';
import { RuleRepository } from './rules/rule-repository';
import { TargetHttp } from './targets/http/target-http';
import { TargetController } from './targets/target-controller';
import { TargetList } from './targets/target-list';

@Module({
  controllers: [InvalidationController, RuleController, TargetController, VersionConsumer],
  providers: [
    {
      provide: CacheConfig,
      useFactory: (environment: Environment) => new CacheConfig(environment),
      inject: [Environment],
    },
    TargetHttp,
    {
      provide: TargetList,
      useFactory: (cache: SharedCache, config: CacheConfig, http: TargetHttp) =>
        new TargetList(cache, config, http),
      inject: [SharedCache, CacheConfig, TargetHttp],
    },
    RuleRepository,
    RuleBook,
    JobRepository,
    TaskQueue,
    StepRunner,
    JobEnding,
    JobWorker,
    Invalidations,
  ],
})
export class CacheModule {}
