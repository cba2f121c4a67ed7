import { Injectable } from '@nestjs/common';
import type { ConfigurationOptions, CustomObjectsApi, RequestContext } from '@kubernetes/client-node';
import { KubernetesConfig } from './kubernetes-config';

export interface ResourceAddress {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
}

/** Others own fields that are to be changed: https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts */
export class ApplyConflict extends Error {
  constructor(
    { namespace, plural, name }: ResourceAddress,
    /** As the API server tells it: the managers, and their fields. */
    readonly detail: string,
  ) {
    super(`${namespace}/${plural}/${name} has fields that others own. ${detail}`);
    this.name = 'ApplyConflict';
  }
}

const TIMEOUT_MS = 10_000;

/** What Croupier needs of a Kubernetes cluster: to read a resource, and to apply the fields that are its own. */
@Injectable()
export class KubernetesApi {
  private client: Promise<Client> | null = null;

  constructor(private readonly config: KubernetesConfig) {}

  /** Null when there is none. */
  async get(address: ResourceAddress): Promise<unknown> {
    const { api, options } = await this.connect();
    try {
      return await api.getNamespacedCustomObject(address, options());
    } catch (error) {
      if (codeOf(error) === 404) return null;
      throw faultOf(error, address);
    }
  }

  /** Server-side apply: the fields given become the manager's own. @throws ApplyConflict unless `force` is set */
  async apply(
    address: ResourceAddress,
    body: object,
    { fieldManager, force = false }: { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<unknown> {
    const { api, options, applyType } = await this.connect();
    try {
      return await api.patchNamespacedCustomObject(
        { ...address, body, fieldManager, force },
        options(applyType),
      );
    } catch (error) {
      if (codeOf(error) === 409) throw new ApplyConflict(address, messageOf(error));
      throw faultOf(error, address);
    }
  }

  /** Loaded when it is first needed: the client is large, and most installations have no cluster. */
  private connect(): Promise<Client> {
    this.client ??= this.open();
    return this.client;
  }

  private async open(): Promise<Client> {
    const kubernetes = await import('@kubernetes/client-node');
    const kubeConfig = new kubernetes.KubeConfig();
    const { kubeconfigFile, context } = this.config;
    if (kubeconfigFile === undefined) kubeConfig.loadFromDefault();
    else kubeConfig.loadFromFile(kubeconfigFile);
    if (context !== undefined) kubeConfig.setCurrentContext(context);
    return {
      api: kubeConfig.makeApiClient(kubernetes.CustomObjectsApi),
      applyType: kubernetes.PatchStrategy.ServerSideApply,
      options: (contentType = 'application/json') => {
        const header = kubernetes.setHeaderMiddleware('Content-Type', contentType);
        const bounded = (context: RequestContext): ReturnType<typeof header.pre> => {
          context.setSignal(AbortSignal.timeout(TIMEOUT_MS));
          return header.pre(context);
        };
        return { middleware: [{ ...header, pre: bounded }], middlewareMergeStrategy: 'append' };
      },
    };
  }
}

interface Client {
  readonly api: CustomObjectsApi;
  readonly applyType: string;
  readonly options: (contentType?: string) => ConfigurationOptions;
}

function codeOf(error: unknown): number | undefined {
  return (error as { code?: number }).code;
}

/** The `message` of the API server's `Status`. */
function messageOf(error: unknown): string {
  const { body, message } = error as { body?: unknown; message?: string };
  const status = typeof body === 'string' ? parsed(body) : body;
  return (status as { message?: string } | null)?.message ?? message ?? String(error);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function faultOf(error: unknown, { namespace, plural, name }: ResourceAddress): Error {
  const code = codeOf(error);
  const told = typeof code === 'number' ? `answers ${code}` : 'cannot be reached';
  return new Error(`The Kubernetes API ${told} for ${namespace}/${plural}/${name}: ${messageOf(error)}`, {
    cause: error,
  });
}
