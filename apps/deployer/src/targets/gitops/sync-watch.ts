import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ArgoCdHealth } from './argo-cd-health';
import { FluxHealth } from './flux-health';
import { filledIn, GitOpsConfig } from './gitops-config';
import { ValuesRepository } from './values-repository';

const POLL_MS = 500;

/** Waits until what was committed runs. */
@Injectable()
export class SyncWatch {
  constructor(
    private readonly config: GitOpsConfig,
    private readonly repository: ValuesRepository,
    private readonly argoCd: ArgoCdHealth,
    private readonly flux: FluxHealth,
  ) {}

  /**
   * Healthy at the commit, or at one after it: somebody may have pushed since, and only the newest is applied.
   * @throws when it is not in time, or says itself that it failed
   */
  async untilHealthy(names: Readonly<Record<string, string>>, commit: string): Promise<void> {
    const { health, application, syncTimeoutMs } = this.config;
    if (health === 'none') return;
    const source = health === 'argocd' ? this.argoCd : this.flux;
    const name = filledIn(application, names);
    const deadline = Date.now() + syncTimeoutMs;
    await source.refresh(name);
    for (;;) {
      const state = await source.stateOf(name);
      const isApplied = state.revision !== null && (await this.repository.contains(state.revision, commit));
      if (isApplied && state.health === 'healthy') return;
      if (isApplied && state.health === 'failed') throw new Error(`${name} is not healthy. ${state.detail}`);
      if (Date.now() > deadline)
        throw new Error(
          `${name} is not healthy at ${commit.slice(0, 12)} after ${syncTimeoutMs} ms. ${state.detail}`,
        );
      await delay(POLL_MS);
    }
  }
}
