import { Module } from '@nestjs/common';
import { InvalidationController } from './invalidation/invalidation-controller';
import { InvalidationRepository } from './invalidation/invalidation-repository';
import { Invalidator } from './invalidation/invalidator';
import { INVALIDATION_TARGETS, type InvalidationTarget } from './invalidation/invalidation-target';
import { RolloutConsumer } from './invalidation/rollout-consumer';
import { SharedCacheTarget } from './invalidation/shared-cache-target';

@Module({
  controllers: [InvalidationController, RolloutConsumer],
  providers: [
    InvalidationRepository,
    Invalidator,
    SharedCacheTarget,
    {
      provide: INVALIDATION_TARGETS,
      useFactory: (sharedCache: SharedCacheTarget): InvalidationTarget[] => [sharedCache],
      inject: [SharedCacheTarget],
    },
  ],
})
export class CacheModule {}
