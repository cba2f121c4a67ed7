import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { KubernetesApi, type ResourceAddress } from '../../kubernetes/kubernetes-api';
import type { SyncSource, SyncState } from './sync-source';

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#kustomization-status */
const Kustomization = z.object({
  metadata: z.object({ generation: z.int().optional() }),
  status: z
    .object({
      /** `main@sha1:<commit>` */
      lastAppliedRevision: z.string().optional(),
      observedGeneration: z.int().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .default([]),
    })
    .optional(),
});

const FIELD_MANAGER = 'croupier';

/** Asks Flux over the Kubernetes API: the state of a Kustomization, `namespace/name`. */
@Injectable()
export class FluxHealth implements SyncSource {
  constructor(private readonly kubernetes: KubernetesApi) {}

  /** https://fluxcd.io/flux/components/kustomize/kustomizations/#triggering-a-reconcile */
  async refresh(application: string): Promise<void> {
    const { name, namespace, group, version } = addressOf(application);
    await this.kubernetes.apply(
      addressOf(application),
      {
        apiVersion: `${group}/${version}`,
        kind: 'Kustomization',
        metadata: {
          name,
          namespace,
          annotations: { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() },
        },
      },
      { fieldManager: FIELD_MANAGER, force: true },
    );
  }

  async stateOf(application: string): Promise<SyncState> {
    const found = await this.kubernetes.get(addressOf(application));
    if (found === null) throw new Error(`There is no Kustomization ${application}`);
    const { metadata, status } = Kustomization.parse(found);
    const ready = status?.conditions.find(({ type }) => type === 'Ready');
    const isCurrent = status?.observedGeneration === metadata.generation;
    return {
      revision: /(?:^|:|\/)([0-9a-f]{40,64})$/.exec(status?.lastAppliedRevision ?? '')?.[1] ?? null,
      health: !isCurrent ? 'progressing' : (HEALTH[ready?.status ?? 'Unknown'] ?? 'progressing'),
      detail: `Flux says ${ready?.reason ?? 'nothing yet'}${ready?.message ? `: ${ready.message}` : ''}`,
    };
  }
}

const HEALTH: Readonly<Record<string, SyncState['health']>> = { True: 'healthy', False: 'failed' };

function addressOf(application: string): ResourceAddress {
  const [namespace, name] = application.includes('/') ? application.split('/') : ['flux-system', application];
  return {
    group: 'kustomize.toolkit.fluxcd.io',
    version: 'v1',
    plural: 'kustomizations',
    namespace: namespace ?? '',
    name: name ?? '',
  };
}
