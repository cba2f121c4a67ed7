import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONSUMERS, SERVICE_PORTS } from '@croupier/contracts';
import { queueName } from '@croupier/messaging';
import { kubernetesTools } from '@croupier/testing';
import { parse } from 'yaml';
import { runToEnd } from '../run-to-end';
import { CHART, helm, rendered, resourcesOf, ROOT, VALUES_FILES, type Resource } from './chart';
import { DiscoveryDouble } from './discovery-double';
import { typeErrors, validate } from './models';

const NAMES = Object.keys(SERVICE_PORTS).sort();
const ofKind = (resources: readonly Resource[], kind: string): Resource[] =>
  resources.filter((resource) => resource.kind === kind);
const namesOf = (resources: readonly Resource[]): string[] =>
  resources.map(({ metadata }) => metadata.name.replace('casino-croupier-', '')).sort();
const podsOf = (resources: readonly Resource[]): Resource['spec'][] =>
  [...ofKind(resources, 'Deployment'), ...ofKind(resources, 'Job')].map(({ spec }) => spec.template.spec);

describe.each(VALUES_FILES)('the chart with %s', (valuesFile) => {
  let manifest: string;
  let resources: Resource[];
  let directory: string;

  beforeAll(async () => {
    manifest = await rendered(valuesFile);
    resources = resourcesOf(manifest);
    directory = await mkdtemp(join(tmpdir(), 'chart-'));
    await writeFile(join(directory, 'resources.yaml'), manifest);
    await writeFile(join(directory, 'kustomization.yaml'), 'resources: [resources.yaml]');
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('has nothing that `helm lint --strict` finds', async () => {
    await helm('lint', '--strict', CHART, '--values', join(CHART, 'ci', valuesFile));
  });

  it('renders what the schemas of Kubernetes and of the operators allow', async () => {
    await validate(resources);
  });

  it('renders no field that Kubernetes does not know', () => {
    expect(typeErrors(resources)).toEqual([]);
  });

  it('is read by kubectl, and every kind is one that a cluster serves', async () => {
    const { kubectl } = await kubernetesTools();
    const built = await runToEnd(kubectl, ['kustomize', directory]);
    expect(resourcesOf(built)).toHaveLength(resources.length);
    const cluster = new DiscoveryDouble();
    await cluster.start();
    const asked = [
      'create',
      '--dry-run=client',
      '--validate=false',
      '--output=name',
      '--filename',
      join(directory, 'resources.yaml'),
    ];
    const created = await runToEnd(kubectl, [...asked, '--server', cluster.url], {
      KUBECONFIG: '/dev/null',
    }).finally(() => cluster.stop());
    expect(created.trim().split('\n')).toHaveLength(resources.length);
  });

  it('runs every service of the contract, and no other', () => {
    expect(namesOf(ofKind(resources, 'Deployment'))).toEqual(NAMES);
    for (const { spec, metadata } of ofKind(resources, 'Service'))
      expect(spec.ports[0].port).toBe(
        SERVICE_PORTS[metadata.name.replace('casino-croupier-', '') as keyof typeof SERVICE_PORTS],
      );
  });

  it('gives no container a right that it does not need', () => {
    for (const pod of podsOf(resources)) {
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext, resources: bounds } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          privileged: false,
          capabilities: { drop: ['ALL'] },
        });
        expect(bounds.limits.memory).toBeDefined();
      }
    }
  });

  it('gives a pod the time to end that its parts add up to', () => {
    for (const { spec } of ofKind(resources, 'Deployment')) {
      const pod = spec.template.spec;
      const [container] = pod.containers;
      const [, preStop] = container.lifecycle.preStop.exec.command;
      const drainMs = container.env.find(({ name }: { name: string }) => name === 'SHUTDOWN_DRAIN_MS').value;
      // Requests have 30 s.
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(preStop) + drainMs / 1_000 + 30);
      const { name } = container;
      expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
      expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
      expect(`${name} ${pod.automountServiceAccountToken}`).toBe(
        `${name} ${valuesFile === 'everything.yaml' && name === 'deployer'}`,
      );
    }
  });
});

describe('the chart', () => {
  it('has the version of the repository', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))).toMatchObject({
      version,
      appVersion: version,
    });
  });

  it('has rules and dashboards as they are', async () => {
    const resources = resourcesOf(await rendered('everything.yaml'));
    const rules = await readFile(join(ROOT, 'deploy/prometheus/rules/croupier.yml'), 'utf8');
    expect(ofKind(resources, 'PrometheusRule')[0]?.spec).toEqual(parse(rules));
    const dashboards = ofKind(resources, 'ConfigMap');
    expect(dashboards).not.toHaveLength(0);
    for (const { data } of dashboards)
      for (const [file, text] of Object.entries(data))
        expect(text).toBe(await readFile(join(ROOT, 'deploy/grafana/dashboards', file), 'utf8'));
  });

  it('lets nobody in or out who is not named', async () => {
    const policies = ofKind(resourcesOf(await rendered('default.yaml')), 'NetworkPolicy');
    expect(namesOf(policies)).toEqual([...NAMES, 'deny', 'schemas'].sort());
    const deny = policies.find(({ metadata }) => metadata.name.endsWith('-deny'))!;
    expect(deny.spec).toEqual({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/name': 'croupier', 'app.kubernetes.io/instance': 'casino' },
      },
      policyTypes: ['Ingress', 'Egress'],
    });
    const component = 'app.kubernetes.io/component';
    const callersOf = (name: string): string[] =>
      policies
        .find(({ metadata }) => metadata.name === `casino-croupier-${name}`)!
        .spec.ingress.flatMap(({ from }: { from: { podSelector?: Resource['spec'] }[] }) =>
          from.flatMap(({ podSelector }) => podSelector?.matchLabels[component] ?? []),
        );
    expect(callersOf('deployer')).toEqual(['console', 'gateway']);
    expect(callersOf('migrator')).toEqual(['console']);
    const gateway = policies.find(({ metadata }) => metadata.name === 'casino-croupier-gateway')!;
    expect(JSON.stringify(gateway.spec.egress)).toContain(`"${component}":"deployer"`);
  });

  it('scales by the queue that the service has', async () => {
    const consuming = Object.entries(CONSUMERS).flatMap(([name, types]) => (types.length > 0 ? [name] : []));
    const byQueue = consuming.map((name) => `services.${name}.autoscaling.kind=keda`);
    const scaled = ofKind(
      resourcesOf(await rendered('everything.yaml', 'namespace=casino', ...byQueue)),
      'ScaledObject',
    );
    const queues = scaled.flatMap(({ spec }) =>
      spec.triggers.map(({ metadata }: Resource['spec']) => metadata.queueName),
    );
    expect(queues.sort()).toEqual(consuming.map((name) => queueName('casino', name)).sort());
  });

  it('migrates before anything of the new version starts', async () => {
    const resources = resourcesOf(await rendered('everything.yaml'));
    const hooks = resources.filter(({ metadata }) => JSON.stringify(metadata).includes('helm.sh/hook'));
    expect(hooks.map(({ kind }) => kind)).toEqual(['NetworkPolicy', 'Job']);
    expect(hooks[1]?.spec.template.spec.containers[0].command.slice(-1)).toEqual(['schemas']);
  });

  it.each([
    ['a misspelt value', 'serviceMonitors.enabled=true', /serviceMonitors/],
    ['a port that is none', 'services.gateway.port=http', /port/],
    ['an unknown way to scale', 'services.gateway.autoscaling.kind=magic', /autoscaling/],
    ['to scale by a queue that is not there', 'services.aggregator.autoscaling.kind=keda', /take hpa/],
    ['a missing secret', 'secrets.existingSecret=', /secrets\.values\.DATABASE_URL is needed/],
  ])('refuses %s', async (_, setting, message) => {
    await expect(rendered('default.yaml', setting)).rejects.toThrow(message);
  });
});
