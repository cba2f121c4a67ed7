import type { Provider } from '@nestjs/common';
import { ClearanceChanges } from './clearance-changes';
import { ClearanceConsumer } from './clearance-consumer';
import { ClearanceRepository } from './clearance-repository';
import { DueReleaseKeeper } from './due-release-keeper';
import { DueReleases } from './due-releases';

/** For the deployer's module. */
export const CLEARANCE_CONTROLLERS = [ClearanceConsumer];
export const CLEARANCE_PROVIDERS: Provider[] = [
  ClearanceChanges,
  ClearanceRepository,
  DueReleaseKeeper,
  DueReleases,
];
