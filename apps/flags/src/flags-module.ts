import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { ClientApiController } from './client-api/client-api-controller';
import { ClientTokenGuard } from './client-api/client-token-guard';
import { FlagsConfig } from './flags-config';
import { ReleaseFlagRepository } from './releases/release-flag-repository';
import { ReleaseFlags } from './releases/release-flags';
import { RolloutConsumer } from './releases/rollout-consumer';
import { ToggleController } from './toggles/toggle-controller';
import { ToggleRepository } from './toggles/toggle-repository';
import { Toggles } from './toggles/toggles';

@Module({
  controllers: [ClientApiController, RolloutConsumer, ToggleController],
  providers: [
    {
      provide: FlagsConfig,
      useFactory: (environment: Environment) => new FlagsConfig(environment),
      inject: [Environment],
    },
    ClientTokenGuard,
    ReleaseFlagRepository,
    ReleaseFlags,
    ToggleRepository,
    Toggles,
  ],
})
export class FlagsModule {}
