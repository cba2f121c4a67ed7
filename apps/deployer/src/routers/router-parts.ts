import { Environment } from '@croupier/service-kit';
import { GitOpsRouter } from './gitops/gitops-router';
import { HaproxyConfig } from './haproxy/haproxy-config';
import { HaproxyRouter } from './haproxy/haproxy-router';
import { RouterConfig } from './router-config';
import { RouterConfirmations } from './router-confirmations';
import { RouterLoop } from './router-loop';
import { TrafficRouters } from './traffic-routers';

const CONFIGS = [RouterConfig, HaproxyConfig].map((Config) => ({
  provide: Config,
  useFactory: (environment: Environment) => new Config(environment),
  inject: [Environment],
}));

/** For the deployer's module: what deals traffic beside the gateway. */
export const ROUTER_PROVIDERS = [
  ...CONFIGS,
  GitOpsRouter,
  HaproxyRouter,
  RouterConfirmations,
  RouterLoop,
  TrafficRouters,
];
