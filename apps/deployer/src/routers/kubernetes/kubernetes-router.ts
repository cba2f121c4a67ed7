import type { SubjectRoute } from '@croupier/contracts';
import { ApplyConflict, type KubernetesApi, type ResourceAddress } from '../../kubernetes/kubernetes-api';
import { filledIn } from '../../targets/gitops/gitops-config';
import type { RouterConfig } from '../router-config';
import { TrafficRouter, type RouterReport } from '../traffic-router';
import { splitOf, type WeightedKind } from './weighted-resource';

/** Who the API server takes us for. What we apply, others have to take over before they change it. */
export const FIELD_MANAGER = 'croupier';

/**
 * Weights in a resource of a cluster, one for each subject, by server-side apply. Such a resource deals each request by
 * itself and knows no players: it is for modules, not for games with sessions.
 */
export class KubernetesRouter extends TrafficRouter {
  constructor(
    readonly name: string,
    private readonly kind: WeightedKind,
    private readonly kubernetes: KubernetesApi,
    private readonly config: RouterConfig['kubernetes'],
  ) {
    super();
  }

  /** All of them, though one should fail; then it tells of the first that did. */
  async reconcile(routes: readonly SubjectRoute[]): Promise<RouterReport> {
    const outcomes = await Promise.allSettled(routes.map((route) => this.reconcileOne(route)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    const changed = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value);
    return { changes: changed.length, unhealthy: [] };
  }

  private async reconcileOne(route: SubjectRoute): Promise<boolean> {
    const { group, version, kind, plural, changed } = this.kind;
    const { provider, game } = route;
    const address: ResourceAddress = {
      group,
      version,
      plural,
      namespace: this.config.namespace,
      name: filledIn(this.config.route, { provider, game }),
    };
    const found = await this.kubernetes.get(address);
    if (found === null)
      throw new Error(
        `There is no ${kind} ${address.namespace}/${address.name} to set the weights of ${provider}/${game} in`,
      );
    const part = changed(found, splitOf(route));
    if (part === null) return false;
    const { name, namespace } = address;
    const body = { apiVersion: `${group}/${version}`, kind, metadata: { name, namespace }, ...part };
    try {
      await this.kubernetes.apply(address, body, { fieldManager: FIELD_MANAGER, force: this.config.force });
    } catch (error) {
      if (!(error instanceof ApplyConflict)) throw error;
      throw new Error(
        `${error.message} Take them out of what applies them, or set KUBERNETES_FORCE_CONFLICTS=true.`,
        { cause: error },
      );
    }
    return true;
  }
}
