import { Injectable } from '@nestjs/common';
import type { SubjectRoute } from '@croupier/contracts';
import { commitMessage } from '../../targets/gitops/commit-message';
import { filledIn, GitOpsConfig } from '../../targets/gitops/gitops-config';
import { slotsOf, withSlots } from '../../targets/gitops/values-text';
import { ValuesRepository } from '../../targets/gitops/values-repository';
import { imageTag } from '../../targets/image-tag';
import { TrafficRouter, type RouterReport } from '../traffic-router';

/** Weights beside the tags in the production `values.yaml` of a subject: one commit for each change. */
@Injectable()
export class GitOpsRouter extends TrafficRouter {
  readonly name = 'gitops';

  constructor(
    private readonly repository: ValuesRepository,
    private readonly config: GitOpsConfig,
  ) {
    super();
  }

  async reconcile(routes: readonly SubjectRoute[]): Promise<RouterReport> {
    let changes = 0;
    for (const route of routes) if (await this.reconcileOne(route)) changes += 1;
    return { changes, unhealthy: [] };
  }

  private async reconcileOne(route: SubjectRoute): Promise<boolean> {
    const { provider, game } = route;
    const path = filledIn(this.config.valuesPath, { environment: 'production', provider, game });
    let isChanged = false;
    await this.repository.change(path, ({ text }) => {
      const changed = withSlots(text, weightsOf(route, text));
      isChanged = changed !== text;
      return Promise.resolve(isChanged ? { text: changed, message: messageOf(route) } : null);
    });
    return isChanged;
  }
}

function weightsOf(route: SubjectRoute, text: string): { name: string; weight: number }[] {
  const { stable, canary, canaryBuckets } = route;
  const canaryPercent = canary ? canaryBuckets / 100 : 0;
  return slotsOf(text).flatMap(({ name, tag, weight }) => {
    if (weight === null) return [];
    if (tag === imageTag(stable.version)) return { name, weight: 100 - canaryPercent };
    return { name, weight: canary && tag === imageTag(canary.version) ? canaryPercent : 0 };
  });
}

function messageOf({ provider, game, stable, canary, canaryBuckets }: SubjectRoute): string {
  const subject = canary
    ? `Deal ${canaryBuckets / 100} % of ${provider}/${game} to ${canary.version}`
    : `Deal all of ${provider}/${game} to ${stable.version}`;
  const cause = {
    releaseId: null,
    effectKey: `weights:${provider}/${game}`,
    fencingToken: null,
    actor: 'deployer',
    reason: '',
  };
  return commitMessage({ subject, cause });
}
