import type { Provider } from '@nestjs/common';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { DeployerConfig } from '../deployer-config';
import { EvaluationController } from './evaluation-controller';
import { KnownArtifacts } from './known-artifacts';
import { PolicyBook } from './policy-book';
import { PolicyController } from './policy-controller';
import { PolicyService } from './policy-service';

/** For the deployer's module. */
export const POLICY_CONTROLLERS = [EvaluationController, PolicyController];
export const POLICY_PROVIDERS: Provider[] = [
  KnownArtifacts,
  PolicyService,
  {
    provide: PolicyBook,
    useFactory: (dataSource: DataSource, config: DeployerConfig, audit: AuditTrail) =>
      PolicyBook.open(dataSource, config, audit),
    inject: [DataSource, DeployerConfig, AuditTrail],
  },
];
