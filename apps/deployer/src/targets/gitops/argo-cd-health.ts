import { Injectable } from '@nestjs/common';
import { OutboundHttp } from '@croupier/service-kit';
import { z } from 'zod';
import { GitOpsConfig } from './gitops-config';
import type { SyncSource, SyncState } from './sync-source';

/** https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/ : `ApplicationService_Get`. */
const Application = z.object({
  status: z
    .object({
      sync: z
        .object({ revision: z.string().optional(), revisions: z.array(z.string()).optional() })
        .optional(),
      health: z.object({ status: z.string(), message: z.string().optional() }).optional(),
      operationState: z.object({ phase: z.string(), message: z.string().optional() }).optional(),
    })
    .optional(),
});

const TIMEOUT_MS = 10_000;

/** Asks Argo CD over its REST API. */
@Injectable()
export class ArgoCdHealth implements SyncSource {
  constructor(
    private readonly http: OutboundHttp,
    private readonly config: GitOpsConfig,
  ) {}

  async refresh(application: string): Promise<void> {
    await this.get(application, '?refresh=normal');
  }

  async stateOf(application: string): Promise<SyncState> {
    const { status } = Application.parse(await this.get(application, ''));
    const health = status?.health?.status ?? 'Unknown';
    const operation = status?.operationState;
    const hasFailed = health === 'Degraded' || operation?.phase === 'Failed' || operation?.phase === 'Error';
    const why = status?.health?.message ?? operation?.message;
    return {
      revision: status?.sync?.revision || (status?.sync?.revisions?.[0] ?? null),
      health: health === 'Healthy' ? 'healthy' : hasFailed ? 'failed' : 'progressing',
      detail: `Argo CD says ${health}${why ? `: ${why}` : ''}`,
    };
  }

  private get(application: string, query: string): Promise<unknown> {
    const { url, token } = this.config.argoCd;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return this.http.getJson(`${url}/api/v1/applications/${encodeURIComponent(application)}${query}`, {
      headers,
      timeoutMs: TIMEOUT_MS,
      maxBytes: 4 * 1024 * 1024,
    });
  }
}
