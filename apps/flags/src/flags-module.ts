import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { ChangeRequestController } from './change-requests/change-request-controller';
import { ChangeRequests } from './change-requests/change-requests';
import { Changes } from './change-requests/changes';
import { Schedule } from './change-requests/schedule';
import { EvaluationCounts } from './client-api/evaluation-counts';
import { Streams } from './client-api/streams';
import { EnvironmentController } from './environments/environment-controller';
import { Environments } from './environments/environments';
import { FlagsConfig } from './flags-config';
import { FlagController } from './flags/flag-controller';
import { FlagService } from './flags/flag-service';
import { Flags } from './flags/flags';
import { KillSwitch } from './flags/kill-switch';
import { ChainVerification } from './ledger/chain-verification';
import { HistoryController } from './ledger/history-controller';
import { Ledger } from './ledger/ledger';
import { OUTSIDE } from './ledger/outside';
import { LiveFlags } from './live/live-flags';
import { OwnEntries } from './live/own-entries';
import { ReleaseFlagRepository } from './releases/release-flag-repository';
import { ReleaseFlags } from './releases/release-flags';
import { RolloutConsumer } from './releases/rollout-consumer';
import { SegmentController } from './segments/segment-controller';
import { TokenBook } from './tokens/token-book';
import { TokenController } from './tokens/token-controller';
import { UnleashAdmin } from './upstream/unleash-admin';
import { Upstream } from './upstream/upstream';
import { UpstreamSnapshots } from './upstream/upstream-snapshots';

@Module({
  controllers: [
    ChangeRequestController,
    EnvironmentController,
    FlagController,
    HistoryController,
    RolloutConsumer,
    SegmentController,
    TokenController,
  ],
  providers: [
    {
      provide: FlagsConfig,
      useFactory: (environment: Environment) => new FlagsConfig(environment),
      inject: [Environment],
    },
    {
      provide: OUTSIDE,
      useFactory: (config: FlagsConfig, admin: UnleashAdmin) =>
        config.upstream === null ? undefined : admin,
      inject: [FlagsConfig, UnleashAdmin],
    },
    ChainVerification,
    ChangeRequests,
    Changes,
    Environments,
    EvaluationCounts,
    Flags,
    FlagService,
    KillSwitch,
    Ledger,
    LiveFlags,
    OwnEntries,
    ReleaseFlagRepository,
    ReleaseFlags,
    Schedule,
    Streams,
    TokenBook,
    UnleashAdmin,
    Upstream,
    UpstreamSnapshots,
  ],
})
export class FlagsModule {}
