import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  v1: ['Secret', 'Service', 'ServiceAccount', 'ConfigMap'],
  'apps/v1': ['Deployment'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['Job'],
  'networking.k8s.io/v1': ['NetworkPolicy', 'Ingress'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
  'keda.sh/v1alpha1': ['ScaledObject'],
  'monitoring.coreos.com/v1': ['ServiceMonitor', 'PrometheusRule'],
  'gateway.networking.k8s.io/v1': ['HTTPRoute'],
};

/**
 * What a cluster says about the kinds that it serves, as kubectl asks for it before it does anything
 * (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api). It stores nothing.
 */
export class DiscoveryDouble {
  private server: Server | undefined;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const answer = this.answerTo(new URL(request.url ?? '', 'http://cluster').pathname);
      response
        .writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }));
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answerTo(path: string): object | null {
    if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
    if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupList() };
    const served = GROUPS[path.replace(/^\/apis?\//, '')];
    if (!served) return null;
    const resources = served.map((kind) => ({
      name: `${kind.toLowerCase()}${kind.endsWith('y') ? '' : 's'}`.replace(/policy$/, 'policies'),
      kind,
      namespaced: true,
      verbs: ['create', 'get', 'list'],
    }));
    return { kind: 'APIResourceList', groupVersion: path.replace(/^\/apis?\//, ''), resources };
  }
}

function groupList(): object[] {
  return Object.keys(GROUPS)
    .filter((groupVersion) => groupVersion.includes('/'))
    .map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      const served = { groupVersion, version };
      return { name, versions: [served], preferredVersion: served };
    });
}
