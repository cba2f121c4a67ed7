import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { kubernetesTools } from '@croupier/testing';
import { KubernetesDouble } from '../../../test/kubernetes-double';
import { KubernetesApi } from '../../kubernetes/kubernetes-api';
import { runBounded } from '../../programs/run-bounded';
import { FluxHealth } from '../../targets/gitops/flux-health';
import { KubernetesRouter } from './kubernetes-router';
import { HTTP_ROUTE, ROLLOUT, VIRTUAL_SERVICE } from './weighted-resource';

const metadata = { name: 'acme-wallet', namespace: 'games' };
const versionAt = (version: string): RoutedVersion => ({
  version,
  digest: 'd'.repeat(64),
  manifestUrl: 'http://games.test/manifest.json',
  endpoint: `http://acme-wallet-${version.replaceAll('.', '-')}.games.svc:8080`,
  markets: ['MT'],
});
const routeOf = (canaryBuckets: number): SubjectRoute => ({
  provider: 'acme',
  game: 'wallet',
  salt: 1,
  stable: versionAt('1.0.0'),
  canary: canaryBuckets > 0 ? versionAt('1.1.0') : null,
  canaryBuckets,
  marketBuckets: {},
  draining: [],
  fallbacks: [],
  revoked: [],
});

describe('routers in a Kubernetes cluster', () => {
  const cluster = new KubernetesDouble();
  let folder: string;
  let kubeconfigFile: string;
  let api: KubernetesApi;

  const routerOf = (kind: typeof HTTP_ROUTE, force = false): KubernetesRouter =>
    new KubernetesRouter('router', kind, api, { route: '{provider}-{game}', namespace: 'games', force });

  beforeAll(async () => {
    await cluster.start();
    folder = await mkdtemp(join(tmpdir(), 'croupier-kubernetes-'));
    kubeconfigFile = join(folder, 'kubeconfig.json');
    await writeFile(kubeconfigFile, cluster.kubeconfig());
    api = new KubernetesApi({ kubeconfigFile, context: undefined });
    // The client is loaded here, and not in the time of a test.
    await api.get({ group: 'apps', version: 'v1', plural: 'deployments', namespace: 'games', name: 'none' });
  }, 120_000);

  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('sets the weights of an HTTPRoute by server-side apply, and puts right what drifts', async () => {
    const matches = [{ path: { type: 'PathPrefix', value: '/wallet' } }];
    cluster.put(
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata,
        spec: { parentRefs: [{ name: 'edge' }], rules: [{ matches, backendRefs: [] }] },
      },
      'croupier',
    );
    const router = routerOf(HTTP_ROUTE);
    expect(await router.reconcile([routeOf(500)])).toMatchObject({ changes: 1 });
    const service = { group: '', kind: 'Service', port: 8080 };
    expect(cluster.get('HTTPRoute', 'games', 'acme-wallet')?.spec).toEqual({
      parentRefs: [{ name: 'edge' }],
      rules: [
        {
          matches,
          backendRefs: [
            { ...service, name: 'acme-wallet-1-0-0', weight: 9_500 },
            { ...service, name: 'acme-wallet-1-1-0', weight: 500 },
          ],
        },
      ],
    });
    const patch = cluster.requests.findLast(({ method }) => method === 'PATCH');
    expect(patch?.contentType).toBe('application/apply-patch+yaml');
    expect(await router.reconcile([routeOf(500)])).toMatchObject({ changes: 0 });
    const drifted = { rules: [{ matches, backendRefs: [{ ...service, name: 'other', weight: 1 }] }] };
    cluster.put(
      { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata, spec: drifted },
      'croupier',
    );
    expect(await router.reconcile([routeOf(0)])).toMatchObject({ changes: 1 });
    const { kubectl } = await kubernetesTools();
    const shown = await runBounded(
      kubectl,
      ['--kubeconfig', kubeconfigFile, 'get', 'httproute', 'acme-wallet', '-o', 'jsonpath={..backendRefs}'],
      { timeoutMs: 30_000, env: { HOME: folder, PATH: process.env['PATH'] } },
    );
    expect(JSON.parse(shown)).toEqual([{ ...service, name: 'acme-wallet-1-0-0', weight: 10_000 }]);
  });

  it('tells whose fields they are when others own the weights, and takes them only where it may', async () => {
    const spec = { http: [{ route: [{ destination: { host: 'mine' }, weight: 100 }] }] };
    cluster.put({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec }, 'kubectl');
    await expect(routerOf(VIRTUAL_SERVICE).reconcile([routeOf(500)])).rejects.toThrow(
      /conflict with "kubectl": .spec.http/,
    );
    expect(cluster.get('VirtualService', 'games', 'acme-wallet')?.spec).toEqual(spec);
    await routerOf(VIRTUAL_SERVICE, true).reconcile([routeOf(500)]);
    expect(cluster.get('VirtualService', 'games', 'acme-wallet')?.spec).toEqual({
      http: [
        {
          route: [
            { destination: { host: 'acme-wallet-1-0-0', port: { number: 8080 } }, weight: 95 },
            { destination: { host: 'acme-wallet-1-1-0', port: { number: 8080 } }, weight: 5 },
          ],
        },
      ],
    });
  });

  it('sets the weight that an Argo Rollout holds', async () => {
    const spec = { strategy: { canary: { stableService: 'wallet' } } };
    cluster.put({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec }, 'kubectl');
    await routerOf(ROLLOUT).reconcile([routeOf(2_500)]);
    expect(cluster.get('Rollout', 'games', 'acme-wallet')?.spec).toEqual({
      strategy: { canary: { stableService: 'wallet', steps: [{ setWeight: 25 }, { pause: {} }] } },
    });
  });

  it('says what is missing, and goes on with the others', async () => {
    const absent = { ...routeOf(0), game: 'absent' };
    await expect(routerOf(HTTP_ROUTE).reconcile([absent, routeOf(1_000)])).rejects.toThrow(
      'There is no HTTPRoute games/acme-absent',
    );
    const { rules } = cluster.get('HTTPRoute', 'games', 'acme-wallet')?.spec as never as {
      rules: { backendRefs: { weight: number }[] }[];
    };
    expect(rules[0]!.backendRefs.map(({ weight }) => weight)).toEqual([9_000, 1_000]);
  });

  it('reads from Flux what is applied, and asks it to look', async () => {
    const flux = new FluxHealth(api);
    const commit = 'a'.repeat(40);
    const kustomization = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'games', namespace: 'flux-system' },
      spec: { path: './production' },
      status: {
        observedGeneration: 1,
        lastAppliedRevision: `main@sha1:${commit}`,
        conditions: [
          { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: 'Applied' },
        ],
      },
    };
    cluster.put(kustomization, 'kustomize-controller');
    expect(await flux.stateOf('flux-system/games')).toEqual({
      revision: commit,
      health: 'healthy',
      detail: 'Flux says ReconciliationSucceeded: Applied',
    });
    await flux.refresh('flux-system/games');
    expect(cluster.get('Kustomization', 'flux-system', 'games')?.metadata).toMatchObject({
      annotations: { 'reconcile.fluxcd.io/requestedAt': expect.any(String) },
    });
  });
});
