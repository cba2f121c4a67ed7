import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ArtifactRegistered, ReleaseId, ReleaseOrder } from '@croupier/contracts';
import { activeTraceparent } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { isEnded, queueRelease, type ReleasePlan } from '@croupier/rollout';
import { AuditTrail } from '@croupier/service-kit';
import { compare } from 'semver';
import { DataSource } from 'typeorm';
import { ClearanceRepository, type Cleared, type VersionName } from '../clearances/clearance-repository';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { PolicyService, type PlannedRelease } from '../policies/policy-service';
import { RoutingRepository } from '../routing/routing-repository';
import { ArtifactRepository } from './artifact-repository';
import { impossibleOrder, unknownArtifact } from './release-problems';
import type { ReleaseRecord } from './release-record';
import { ReleaseRepository } from './release-repository';

/** Who asked for a release, and why. */
export interface OrderedBy {
  readonly actor: string;
  readonly reason: string;
}

/** Queues what is to be released: what the policies let through, and what an operator orders. */
@Injectable()
export class ReleaseQueue {
  constructor(
    private readonly dataSource: DataSource,
    private readonly artifacts: ArtifactRepository,
    private readonly releases: ReleaseRepository,
    private readonly routing: RoutingRepository,
    private readonly policies: PolicyService,
    private readonly clearances: ClearanceRepository,
    private readonly loop: OrchestrationLoop,
    private readonly audit: AuditTrail,
  ) {}

  /** A registered artifact, once. Its release belongs to the trace. */
  async add(tx: Transaction, artifact: ArtifactRegistered, traceparent?: string): Promise<void> {
    const isNew = await this.artifacts.keep(tx, artifact);
    // Of a version that is known already, only `clearance.changed` is news: it is dealt anew with it.
    if (isNew && artifact.clearance) await this.clearances.keep(tx, artifact, artifact.clearance);
    await this.addByPolicy(tx, artifact, traceparent);
  }

  /** A version that is certified nowhere waits until it is, for policies depend on its markets. */
  async addByPolicy(tx: Transaction, artifact: ArtifactRegistered, traceparent?: string): Promise<void> {
    const { markets } = await this.clearanceOf(tx, artifact);
    if (markets.length === 0) return;
    const { decision, plan } = await this.planOf(tx, artifact, { markets });
    if (decision !== 'skip' && plan !== null) await this.enqueue(tx, artifact, plan, 1, null, traceparent);
  }

  /** A person's order, whatever the policy would have done by itself. */
  async order(order: ReleaseOrder, actor: string): Promise<ReleaseRecord> {
    const { provider, game, version, strategy, flags, reason } = order;
    const artifact = await this.artifacts.find(provider, game, version);
    if (!artifact) throw unknownArtifact(provider, game, version);
    const { markets, revoked } = await this.clearanceOf(this.dataSource.manager, artifact);
    if (revoked) throw impossibleOrder(`${version} is revoked.`);
    if (strategy === 'rollback' && !(await this.releases.wasPromoted(provider, game, version)))
      throw impossibleOrder(`${version} has never been promoted, so that it is nothing to go back to.`);
    const { plan, why } = await this.planOf(this.dataSource.manager, artifact, { strategy, flags, markets });
    if (plan === null) throw impossibleOrder(why.join(' '));
    const latest = await this.releases.latestOf(provider, game, version);
    if (latest && !isEnded(latest.state))
      throw impossibleOrder(`${version} has a release that is ${latest.status}.`);
    const created = await this.dataSource.transaction(async (tx) => {
      const isNew = await this.enqueue(tx, artifact, plan, (latest?.attempt ?? 0) + 1, { actor, reason });
      if (!isNew) return false;
      const object = { type: 'release', id: plan.releaseId };
      const after = { game, version, strategy: plan.strategy, flags };
      await this.audit.record(tx, { provider, actor, action: 'release.ordered', object, reason, after });
      return true;
    });
    if (!created) throw impossibleOrder(`${version} was ordered by somebody else at the same time.`);
    this.loop.wake();
    const release = await this.releases.find(plan.releaseId);
    if (!release) throw new Error('The release is gone');
    return release;
  }

  /** The way back from a promoted release: to the version that was stable before, unless another is named. */
  async orderBack(
    { provider, game, version, status, stableVersion }: ReleaseRecord,
    { actor, reason, to = stableVersion ?? undefined }: OrderedBy & { readonly to: string | undefined },
  ): Promise<ReleaseRecord> {
    if (status !== 'promoted')
      throw impossibleOrder(`The release of ${version} is ${status}: nothing is to be taken back.`);
    const stable = await this.routing.stableVersion(provider, game);
    if (stable !== version)
      throw impossibleOrder(
        `${version} is not stable any more: ${stable ?? 'nothing'} is. Roll back the release of that.`,
      );
    if (to === undefined)
      throw impossibleOrder(
        `${version} was the first version: there is none to go back to unless you name one in \`to\`.`,
      );
    return this.order({ provider, game, version: to, strategy: 'rollback', flags: [], reason }, actor);
  }

  /** A version that was stable takes the place of one that is revoked, at once and without conditions. */
  async enqueueStandIn(
    tx: Transaction,
    { provider, game, version }: VersionName,
    standsInFor: string,
    by: OrderedBy,
  ): Promise<ReleaseId | null> {
    const artifact = await this.artifacts.findWithin(tx, provider, game, version);
    if (!artifact) return null;
    const { plan } = this.policies.planFor(newReleaseId(), artifact, standsInFor, { strategy: 'rollback' });
    return plan && this.enqueueNext(tx, artifact, { ...plan, requires: [], standsInFor }, by);
  }

  /**
   * Markets that the stable version was certified in later, as policy says for them. Its digest has been approved already.
   */
  async enqueueExtension(
    tx: Transaction,
    { provider, game, version }: VersionName,
    { markets, from }: { readonly markets: readonly string[]; readonly from: string | null },
    by: OrderedBy,
  ): Promise<ReleaseId | null> {
    const artifact = await this.artifacts.findWithin(tx, provider, game, version);
    if (!artifact) return null;
    const planBy = (strategy?: 'canary'): PlannedRelease =>
      this.policies.planFor(newReleaseId(), artifact, from, { strategy, markets });
    const byPolicy = planBy();
    const { decision, plan } = byPolicy.plan?.strategy === 'flag' ? planBy('canary') : byPolicy;
    if (decision === 'skip' || plan === null) return null;
    return this.enqueueNext(tx, artifact, { ...plan, markets, approvalsRequired: 0 }, by);
  }

  private clearanceOf(tx: Transaction, artifact: ArtifactRegistered): Promise<Cleared> {
    return this.clearances.find(tx, artifact, artifact.manifest.markets);
  }

  private async enqueueNext(
    tx: Transaction,
    artifact: ArtifactRegistered,
    plan: ReleasePlan,
    by: OrderedBy,
  ): Promise<ReleaseId | null> {
    const latest = await this.releases.latestOf(plan.provider, plan.game, plan.version, tx);
    const isQueued = await this.enqueue(tx, artifact, plan, (latest?.attempt ?? 0) + 1, by);
    return isQueued ? plan.releaseId : null;
  }

  /**
   * What kind of change a version is depends on what is stable when it starts. That may be what is stable now, or a
   * lower version that is still on its way: the strictest answer counts, so that nobody gets past an approval in between.
   */
  private async planOf(
    tx: Transaction,
    artifact: ArtifactRegistered,
    order: Parameters<PolicyService['planFor']>[3] = {},
  ): Promise<PlannedRelease> {
    const { provider, game, version } = artifact;
    const planOver = (stable: string | null): PlannedRelease =>
      this.policies.planFor(newReleaseId(), artifact, stable, order);
    // In this order: a version that becomes stable between the two is seen by one of them at least.
    const coming = await this.releases.mayBecomeStable(tx, provider, game);
    const now = planOver(await this.routing.stableVersion(provider, game));
    if (now.decision === 'skip') return now;
    const lower = coming.filter((other) => compare(other, version) < 0);
    return lower.map(planOver).reduce(stricter, now);
  }

  private async enqueue(
    tx: Transaction,
    artifact: ArtifactRegistered,
    plan: ReleasePlan,
    attempt: number,
    order: OrderedBy | null,
    traceparent = activeTraceparent(),
  ): Promise<boolean> {
    const decision = queueRelease(plan, Date.now(), order);
    if (decision.refusal) throw impossibleOrder(decision.refusal.reason);
    await this.routing.ensureSubject(tx, plan.provider, plan.game);
    return this.releases.create(tx, artifact, decision, attempt, traceparent ?? null);
  }
}

function newReleaseId(): ReleaseId {
  return randomUUID() as ReleaseId;
}

function stricter(one: PlannedRelease, other: PlannedRelease): PlannedRelease {
  return strictness(other) > strictness(one) ? other : one;
}

/** How many people have to say yes; more than there are when nobody is asked. */
function strictness({ decision, plan }: PlannedRelease): number {
  return decision === 'skip' || plan === null ? Infinity : plan.approvalsRequired;
}
