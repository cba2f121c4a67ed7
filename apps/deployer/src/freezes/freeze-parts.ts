import type { Provider } from '@nestjs/common';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { FreezeController } from './freeze-controller';
import { FreezeService } from './freeze-service';

/** For the deployer's module; `FreezeService` is the orchestrator's `FreezeCalendar`. */
export const FREEZE_CONTROLLERS = [FreezeController];
export const FREEZE_PROVIDERS: Provider[] = [
  {
    provide: FreezeService,
    useFactory: (dataSource: DataSource, audit: AuditTrail) => FreezeService.open(dataSource, audit),
    inject: [DataSource, AuditTrail],
  },
];
