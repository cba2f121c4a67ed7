import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { AuditConfig } from './audit-config';
import { CheckpointKeeper } from './checkpoints/checkpoint-keeper';
import { CheckpointRepository } from './checkpoints/checkpoint-repository';
import { AuditExport } from './export/audit-export';
import { AuditKeyRing } from './keys/audit-key-ring';
import { AuditController } from './records/audit-controller';
import { RecordSearch } from './records/record-search';
import { ReportController } from './reports/report-controller';
import { ReportMaker } from './reports/report-maker';
import { AnchorRepository } from './retention/anchor-repository';
import { AuditYears } from './retention/audit-years';
import { RecordRetention } from './retention/record-retention';
import { RetentionController } from './retention/retention-controller';
import { RetentionKeeper } from './retention/retention-keeper';
import { ChainRepository } from './trail/chain-repository';
import { TrailConsumer } from './trail/trail-consumer';
import { WriterRole } from './trail/writer-role';
import { LiveVerification } from './verification/live-verification';

@Module({
  controllers: [AuditController, ReportController, RetentionController, TrailConsumer],
  providers: [
    {
      provide: AuditConfig,
      useFactory: (environment: Environment) => new AuditConfig(environment),
      inject: [Environment],
    },
    AnchorRepository,
    AuditExport,
    AuditKeyRing,
    AuditYears,
    ChainRepository,
    CheckpointKeeper,
    CheckpointRepository,
    LiveVerification,
    RecordRetention,
    RecordSearch,
    ReportMaker,
    RetentionKeeper,
    WriterRole,
  ],
})
export class AuditModule {}
