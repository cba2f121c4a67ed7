import type { SubjectRoute } from '@croupier/contracts';
import { z } from 'zod';

/** What a subject's traffic should be, as Kubernetes resources take it: services by name, and whole percent. */
export interface Split {
  readonly stable: Service;
  readonly canary: Service | null;
  readonly canaryPercent: number;
}

export interface Service {
  readonly name: string;
  readonly port: number;
}

/** One kind of resource that splits traffic. */
export interface WeightedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /**
   * The part of the resource that has the weights, as it should be, to be applied; null when it is so already.
   * @throws when the resource has no such part
   */
  readonly changed: (resource: unknown, split: Split) => object | null;
}

/** @throws when an endpoint is no service of the cluster, or a market has a weight of its own */
export function splitOf(route: SubjectRoute): Split {
  if (Object.values(route.marketBuckets).some((buckets) => buckets !== route.canaryBuckets))
    throw new Error(
      `${route.provider}/${route.game} has a weight for each market, which Kubernetes routes cannot tell apart`,
    );
  const canary = route.canary === null ? null : serviceOf(route.canary.endpoint);
  return {
    stable: serviceOf(route.stable.endpoint),
    canary,
    canaryPercent: canary ? route.canaryBuckets / 100 : 0,
  };
}

/** `http://<service>.<namespace>.svc:<port>` */
function serviceOf(endpoint: string): Service {
  const { hostname, port } = new URL(endpoint);
  const [name = ''] = hostname.split('.');
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+$/.test(hostname) || !hostname.includes('.svc'))
    throw new Error(`${endpoint} is not the address of a Kubernetes service`);
  return { name, port: Number(port || '80') };
}

const HttpRoute = z.looseObject({
  spec: z.looseObject({
    rules: z.array(z.looseObject({ backendRefs: z.array(z.unknown()).default([]) })).min(1),
  }),
});

/** https://gateway-api.sigs.k8s.io/guides/traffic-splitting/ : weights are shares of their sum, here of 10,000. */
export const HTTP_ROUTE: WeightedKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  changed(resource, { stable, canary, canaryPercent }) {
    const { spec } = HttpRoute.parse(resource);
    const canaryWeight = Math.round(canaryPercent * 100);
    const backends = [
      { group: '', kind: 'Service', ...stable, weight: 10_000 - canaryWeight },
      ...(canary ? [{ group: '', kind: 'Service', ...canary, weight: canaryWeight }] : []),
    ];
    const rules = spec.rules.map((rule) => ({ ...rule, backendRefs: backends }));
    return isSame(spec.rules, rules) ? null : { spec: { rules } };
  },
};

const VirtualService = z.looseObject({
  spec: z.looseObject({ http: z.array(z.looseObject({ route: z.array(z.unknown()).default([]) })).min(1) }),
});

/** https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination : weights sum to 100. */
export const VIRTUAL_SERVICE: WeightedKind = {
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  changed(resource, { stable, canary, canaryPercent }) {
    const { spec } = VirtualService.parse(resource);
    const weight = wholePercent(canaryPercent);
    const destination = ({ name, port }: Service): object => ({ host: name, port: { number: port } });
    const route = [
      { destination: destination(stable), weight: 100 - weight },
      ...(canary ? [{ destination: destination(canary), weight }] : []),
    ];
    const http = spec.http.map((each) => ({ ...each, route }));
    return isSame(spec.http, http) ? null : { spec: { http } };
  },
};

const Rollout = z.looseObject({
  spec: z.looseObject({
    strategy: z.looseObject({ canary: z.looseObject({ steps: z.array(z.unknown()).optional() }) }),
  }),
});

/** https://argoproj.github.io/argo-rollouts/features/canary/ : one weight, and then it waits for the next. */
export const ROLLOUT: WeightedKind = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  changed(resource, { canary, canaryPercent }) {
    const { spec } = Rollout.parse(resource);
    const isOver = canary === null;
    const steps = isOver ? [] : [{ setWeight: wholePercent(canaryPercent) }, { pause: {} }];
    return isSame(spec.strategy.canary.steps ?? [], steps)
      ? null
      : { spec: { strategy: { canary: { steps } } } };
  },
};

/** Never 0 for a canary that should have some, and never all for one that should not. */
function wholePercent(percent: number): number {
  if (percent <= 0 || percent >= 100) return Math.max(0, Math.min(100, percent));
  return Math.min(99, Math.max(1, Math.round(percent)));
}

/** As JSON, with keys in order: the API server gives fields back in an order of its own. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
