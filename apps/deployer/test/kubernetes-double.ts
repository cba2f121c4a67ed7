import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { secretOf } from './secret-protobuf';

interface Resource {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    labels?: Record<string, string>;
  };
  spec?: { template?: { spec?: { containers?: { image?: string }[] } }; replicas?: number };
  [field: string]: unknown;
}

const KINDS: readonly { group: string; version: string; kind: string; plural: string }[] = [
  { group: '', version: 'v1', kind: 'Secret', plural: 'secrets' },
  { group: '', version: 'v1', kind: 'Service', plural: 'services' },
  { group: '', version: 'v1', kind: 'Pod', plural: 'pods' },
  { group: 'apps', version: 'v1', kind: 'ReplicaSet', plural: 'replicasets' },
  { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' },
  { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'HTTPRoute', plural: 'httproutes' },
  { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService', plural: 'virtualservices' },
  { group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout', plural: 'rollouts' },
  { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization', plural: 'kustomizations' },
];

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)\/namespaces\/(?<namespace>[^/]+)\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?$/;

/**
 * As much of the Kubernetes API as `helm` and our client use, over HTTP and in memory, by its documented shapes
 * (https://kubernetes.io/docs/reference/using-api/): discovery, create, read, list, watch, replace, delete, and
 * server-side apply with field managers and conflicts. Deployments are available at once, unless their image's tag says
 * `broken`.
 */
export class KubernetesDouble {
  readonly requests: { method: string; path: string; contentType: string }[] = [];
  private readonly store = new Map<string, Resource>();
  private readonly owners = new Map<string, Map<string, string>>();
  private readonly watches = new Set<{ prefix: string; response: ServerResponse }>();
  private server: Server | null = null;
  private counter = 0;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  kubeconfig(): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'double', cluster: { server: this.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'nobody', user: {} }],
      contexts: [{ name: 'double', context: { cluster: 'double', user: 'nobody', namespace: 'games' } }],
      'current-context': 'double',
    });
  }

  /** As somebody with another field manager has applied it. */
  put(resource: object, manager: string): void {
    const { apiVersion, kind, metadata } = resource as Resource;
    const { plural } = KINDS.find((known) => known.kind === kind)!;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    this.save(`${root}/namespaces/${metadata.namespace}/${plural}/${metadata.name}`, resource, manager);
  }

  get(kind: string, namespace: string, name: string): Resource | undefined {
    return [...this.store.values()].find(
      ({ kind: k, metadata }) => k === kind && metadata.namespace === namespace && metadata.name === name,
    );
  }

  all(kind: string): Resource[] {
    return [...this.store.values()].filter((resource) => resource.kind === kind);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://double');
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const contentType = request.headers['content-type'] ?? '';
    const isProtobuf = contentType.includes('protobuf') && sent.length > 0;
    const read = (): object => (isProtobuf ? secretOf(sent) : (parse(sent.toString()) as object));
    const method = request.method ?? 'GET';
    this.requests.push({ method, path: url.pathname, contentType });
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const place = PATH.exec(url.pathname)?.groups;
    if (!place) {
      const found = discovery(url.pathname);
      return found ? send(200, found) : send(404, failure(404, 'NotFound', `${url.pathname} not found`));
    }
    const known = KINDS.find(
      ({ group, plural }) => group === (place['group'] ?? '') && plural === place['plural'],
    );
    if (!known)
      return send(404, failure(404, 'NotFound', 'the server could not find the requested resource'));
    const key = url.pathname;
    if (place['name'] === undefined && method === 'GET') return this.list(url, known, response, send);
    const existing = this.store.get(key);
    const missing = failure(404, 'NotFound', `${place['plural']} "${place['name']}" not found`);
    const parameters = url.searchParams;
    switch (method) {
      case 'GET':
        return existing ? send(200, existing) : send(404, missing);
      case 'POST': {
        const body = read() as Resource;
        const path = `${key}/${body.metadata.name}`;
        if (this.store.has(path))
          return send(
            409,
            failure(409, 'AlreadyExists', `${place['plural']} "${body.metadata.name}" already exists`),
          );
        return send(201, this.save(path, namespaced(body, place['namespace']!), managerOf(parameters)));
      }
      case 'PUT':
        if (!existing) return send(404, missing);
        return send(
          200,
          this.save(key, namespaced(read() as Resource, place['namespace']!), managerOf(parameters)),
        );
      case 'PATCH': {
        const body = read() as Resource;
        const manager = managerOf(parameters);
        if (contentType.includes('apply-patch')) {
          const conflicts = this.conflicts(key, body, manager);
          if (conflicts.length > 0 && parameters.get('force') !== 'true')
            return send(409, conflict(conflicts));
        } else if (!existing) return send(404, missing);
        const merged = merge(existing ?? {}, namespaced(body, place['namespace']!)) as object;
        return send(existing ? 200 : 201, this.save(key, merged, manager, body));
      }
      case 'DELETE':
        if (!existing) return send(404, missing);
        this.store.delete(key);
        this.tell('DELETED', key, existing);
        return send(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
      default:
        return send(405, failure(405, 'MethodNotAllowed', method));
    }
  }

  private list(
    url: URL,
    { kind, ...known }: Kind,
    response: ServerResponse,
    send: (status: number, body: object) => void,
  ): void {
    const labels = (url.searchParams.get('labelSelector') ?? '').split(',').flatMap((each) => each || []);
    const name = /metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
    const items = [...this.store].flatMap(([key, resource]) => {
      const has = labels.every((label) => {
        const [labelName = '', value] = label.split('=');
        return resource.metadata.labels?.[labelName] === value;
      });
      const isNamed = name === undefined || resource.metadata.name === name;
      return key.startsWith(`${url.pathname}/`) && has && isNamed ? [resource] : [];
    });
    const apiVersion = known.group === '' ? known.version : `${known.group}/${known.version}`;
    if (url.searchParams.get('watch') !== 'true' && url.searchParams.get('watch') !== '1')
      return send(200, {
        kind: `${kind}List`,
        apiVersion,
        metadata: { resourceVersion: String(this.counter) },
        items,
      });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    // https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
    if (url.searchParams.get('sendInitialEvents') === 'true') {
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const metadata = { resourceVersion: String(this.counter), annotations };
      for (const object of items) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } })}\n`);
    }
    const watch = { prefix: `${url.pathname}/`, response };
    this.watches.add(watch);
    response.once('close', () => this.watches.delete(watch));
  }

  private tell(type: string, key: string, object: Resource): void {
    for (const { prefix, response } of this.watches)
      if (key.startsWith(prefix)) response.write(`${JSON.stringify({ type, object })}\n`);
  }

  private save(key: string, body: object, manager: string, owned: object = body): Resource {
    const existing = this.store.get(key);
    const { status: _, ...rest } = body as Resource & { status?: unknown };
    this.counter += 1;
    const isChanged = !isDeepStrictEqual(existing?.spec, rest.spec);
    const generation = (existing?.metadata.generation ?? 0) + (isChanged || !existing ? 1 : 0);
    const saved: Resource = {
      ...(body as Resource),
      metadata: {
        ...rest.metadata,
        uid: existing?.metadata.uid ?? `uid-${this.counter}`,
        generation,
        resourceVersion: String(this.counter),
      },
    };
    if (saved.kind === 'Deployment') saved['status'] = statusOf(saved, generation);
    const owners = this.owners.get(key) ?? new Map<string, string>();
    for (const path of leaves(owned)) owners.set(path, manager);
    this.owners.set(key, owners);
    this.store.set(key, saved);
    this.tell(existing ? 'MODIFIED' : 'ADDED', key, saved);
    return saved;
  }

  /** Fields that another manager owns, and that are given another value. */
  private conflicts(key: string, body: object, manager: string): { manager: string; field: string }[] {
    const existing = this.store.get(key);
    return leaves(body).flatMap((path) => {
      const owner = this.owners.get(key)?.get(path);
      const differs = !isDeepStrictEqual(valueAt(existing, path), valueAt(body, path));
      return owner !== undefined && owner !== manager && differs ? [{ manager: owner, field: path }] : [];
    });
  }
}

function managerOf(parameters: URLSearchParams): string {
  return parameters.get('fieldManager') ?? 'unknown';
}

function namespaced(body: Resource, namespace: string): Resource {
  return { ...body, metadata: { ...body.metadata, namespace } };
}

/** Lists are atomic, as `rules` of an HTTPRoute are (`x-kubernetes-list-type: atomic`). */
function leaves(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const here = `${path}.${name}`;
    if (['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace'].includes(here)) return [];
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? leaves(inner, here) : [here];
  });
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

function merge(existing: unknown, change: unknown): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(existing) || !isObject(change)) return change;
  const merged = { ...existing };
  for (const [name, value] of Object.entries(change))
    if (value === null) delete merged[name];
    else merged[name] = merge(existing[name], value);
  return merged;
}

function statusOf({ spec }: Resource, observedGeneration: number): object {
  const image = spec?.template?.spec?.containers?.[0]?.image ?? '';
  const replicas = spec?.replicas ?? 1;
  if (image.includes('broken')) return { observedGeneration, replicas, updatedReplicas: replicas };
  const conditions = [
    { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
  ];
  const ready = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  return { observedGeneration, ...ready, conditions };
}

function discovery(path: string): object | null {
  const groups = [...new Set(KINDS.flatMap(({ group }) => group || []))];
  const versionOf = (group: string): { groupVersion: string; version: string } => {
    const { version } = KINDS.find((kind) => kind.group === group)!;
    return { groupVersion: `${group}/${version}`, version };
  };
  const resources = (group: string): object => ({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? 'v1' : versionOf(group).groupVersion,
    resources: KINDS.filter((kind) => kind.group === group).map(({ kind, plural }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced: true,
      kind,
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    })),
  });
  switch (path) {
    case '/version':
      return { major: '1', minor: '35', gitVersion: 'v1.35.0' };
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'] };
    case '/api/v1':
      return resources('');
    case '/apis':
      return {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: groups.map((name) => ({
          name,
          versions: [versionOf(name)],
          preferredVersion: versionOf(name),
        })),
      };
    case '/openapi/v3':
      return {
        paths: Object.fromEntries(
          KINDS.map((kind) => [rootOf(kind), { serverRelativeURL: `/openapi/v3/${rootOf(kind)}` }]),
        ),
      };
    default: {
      const described = KINDS.filter((kind) => path === `/openapi/v3/${rootOf(kind)}`);
      if (described.length > 0) return openApiOf(described);
      const group = groups.find((name) => path === `/apis/${versionOf(name).groupVersion}`);
      return group === undefined ? null : resources(group);
    }
  }
}

type Kind = (typeof KINDS)[number];

function rootOf({ group, version }: Kind): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

/** Enough for clients to see that the server validates fields itself. */
function openApiOf(kinds: readonly Kind[]): object {
  const paths = kinds.map((kind) => {
    const patch = {
      parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
      responses: {},
      'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
    };
    return [`/${rootOf(kind)}/namespaces/{namespace}/${kind.plural}/{name}`, { patch }];
  });
  return { openapi: '3.0.0', info: { title: 'double', version: '1' }, paths: Object.fromEntries(paths) };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function failure(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

function conflict(conflicts: readonly { manager: string; field: string }[]): object {
  const told = conflicts.map(({ manager, field }) => `conflict with "${manager}": ${field}`).join('\n');
  return {
    ...failure(409, 'Conflict', `Apply failed with ${conflicts.length} conflict: ${told}`),
    details: {
      causes: conflicts.map(({ manager, field }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${manager}"`,
        field,
      })),
    },
  };
}
