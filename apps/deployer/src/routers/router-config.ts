import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';
import { choiceBySubject, type ChoiceBySubject } from '../subjects/choice-by-subject';

export const ROUTER_NAMES = ['haproxy', 'gateway-api', 'istio', 'argo-rollouts', 'gitops'] as const;
export type RouterName = (typeof ROUTER_NAMES)[number];

const RouterConfigSchema = z.object({
  /** What deals a subject's traffic beside the gateway. */
  TRAFFIC_ROUTERS: choiceBySubject(ROUTER_NAMES),
  /** How often what is there is read back. */
  TRAFFIC_REPAIR_MS: z.coerce.number().int().min(100).max(600_000).default(2_000),
  /** `{provider}` and `{game}` are filled in. */
  KUBERNETES_ROUTE: z.string().default('{provider}-{game}'),
  KUBERNETES_ROUTE_NAMESPACE: z.string().default('games'),
  /** Takes fields over that others own. Otherwise a conflict is told, and nothing changed. */
  KUBERNETES_FORCE_CONFLICTS: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

export class RouterConfig {
  readonly routers: ChoiceBySubject<RouterName>;
  readonly repairMs: number;
  readonly kubernetes: { readonly route: string; readonly namespace: string; readonly force: boolean };

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    const config = loadConfig(RouterConfigSchema, environment);
    this.routers = config.TRAFFIC_ROUTERS;
    this.repairMs = config.TRAFFIC_REPAIR_MS;
    this.kubernetes = {
      route: config.KUBERNETES_ROUTE,
      namespace: config.KUBERNETES_ROUTE_NAMESPACE,
      force: config.KUBERNETES_FORCE_CONFLICTS,
    };
  }
}
