import { Injectable } from '@nestjs/common';
import { KubernetesApi } from '../kubernetes/kubernetes-api';
import { GitOpsRouter } from './gitops/gitops-router';
import { HaproxyRouter } from './haproxy/haproxy-router';
import { KubernetesRouter } from './kubernetes/kubernetes-router';
import { HTTP_ROUTE, ROLLOUT, VIRTUAL_SERVICE } from './kubernetes/weighted-resource';
import { RouterConfig, type RouterName } from './router-config';
import type { TrafficRouter } from './traffic-router';

/** The routers that there are, by name. */
@Injectable()
export class TrafficRouters {
  private readonly byName: Readonly<Record<RouterName, TrafficRouter>>;

  constructor(
    haproxy: HaproxyRouter,
    gitOps: GitOpsRouter,
    api: KubernetesApi,
    { kubernetes }: RouterConfig,
  ) {
    this.byName = {
      haproxy,
      gitops: gitOps,
      'gateway-api': new KubernetesRouter('gateway-api', HTTP_ROUTE, api, kubernetes),
      istio: new KubernetesRouter('istio', VIRTUAL_SERVICE, api, kubernetes),
      'argo-rollouts': new KubernetesRouter('argo-rollouts', ROLLOUT, api, kubernetes),
    };
  }

  of(name: RouterName): TrafficRouter {
    return this.byName[name];
  }
}
