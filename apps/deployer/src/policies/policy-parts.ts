import type { Provider } from '@nestjs/common';
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
    useFactory: (dataSource: DataSource, config: DeployerConfig) => PolicyBook.open(dataSource, config),
    inject: [DataSource, DeployerConfig],
  },
];
