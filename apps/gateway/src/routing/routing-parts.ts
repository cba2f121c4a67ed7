import { GatewayConfig } from '../gateway-config';
import { KeptTesters } from '../overrides/kept-testers';
import { OverrideController } from '../overrides/override-controller';
import { AppliedRoutingRepository } from './applied-routing-repository';
import { CurrentRouting } from './current-routing';
import { DeployerRouting } from './deployer-routing';
import { RoutingController } from './routing-controller';
import { RoutingFollower } from './routing-follower';
import { RoutingRecorder } from './routing-recorder';

/** What follows and keeps the routing and the testers, whoever deals by them. */
export const ROUTING_PROVIDERS = [
  GatewayConfig,
  KeptTesters,
  AppliedRoutingRepository,
  CurrentRouting,
  DeployerRouting,
  RoutingFollower,
  RoutingRecorder,
];
export const CONTROLLERS = [RoutingController, OverrideController];
