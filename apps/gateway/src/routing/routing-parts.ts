import { GatewayConfig } from '../gateway-config';
import { OverrideController } from '../overrides/override-controller';
import { AppliedRoutingRepository } from './applied-routing-repository';
import { CurrentRouting } from './current-routing';
import { DeployerRouting } from './deployer-routing';
import { RoutingController } from './routing-controller';
import { RoutingFollower } from './routing-follower';
import { RoutingRecorder } from './routing-recorder';

/** What follows and keeps the routing, whoever deals by it. */
export const ROUTING_PROVIDERS = [
  GatewayConfig,
  AppliedRoutingRepository,
  CurrentRouting,
  DeployerRouting,
  RoutingFollower,
  RoutingRecorder,
];
export const CONTROLLERS = [RoutingController, OverrideController];
