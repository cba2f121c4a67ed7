import { Injectable } from '@nestjs/common';
import type { ClearanceChanged, CloudEvent } from '@croupier/contracts';
import type { Told } from '@croupier/orchestrator';
import { traceparentOf } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { isEnded } from '@croupier/rollout';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { ArtifactRepository } from '../releases/artifact-repository';
import { ReleaseQueue } from '../releases/release-queue';
import type { ReleaseRecord } from '../releases/release-record';
import { ReleaseRepository } from '../releases/release-repository';
import { ReleaseTeller } from '../releases/release-teller';
import { RoutingRepository } from '../routing/routing-repository';
import { RoutingWaiters } from '../routing/routing-waiters';
import { ClearanceRepository } from './clearance-repository';
import { DueReleases } from './due-releases';

/** What a transaction has changed, to be told once it is committed. */
export interface Outcome {
  /** Null when nobody is dealt anything else. */
  readonly routingVersion: number | null;
  readonly told: readonly Told[];
}

const NO_NEWS: Outcome = { routingVersion: null, told: [] };

/**
 * A change of clearance counts at once: releases of a revoked version end, the markets are dealt anew, and what that calls
 * for is queued, all in the transaction that takes the message.
 */
@Injectable()
export class ClearanceChanges {
  constructor(
    private readonly clearances: ClearanceRepository,
    private readonly artifacts: ArtifactRepository,
    private readonly releases: ReleaseRepository,
    private readonly queue: ReleaseQueue,
    private readonly teller: ReleaseTeller,
    private readonly due: DueReleases,
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
    private readonly loop: OrchestrationLoop,
  ) {}

  async apply(tx: Transaction, change: ClearanceChanged, event: CloudEvent): Promise<Outcome> {
    if (!(await this.clearances.keep(tx, change, change.clearance))) return NO_NEWS;
    const releases = await this.releases.lockAllOf(tx, change);
    const told = change.clearance.revoked ? await this.end(tx, releases, change.reason) : [];
    await this.note(tx, releases, change, event);
    const routingVersion = (await this.isDealt(tx, change)) ? await this.routing.publish(tx, [change]) : null;
    if (releases.length === 0) await this.releaseFirst(tx, change, traceparentOf(event));
    await this.due.queue(tx, change, change);
    return { routingVersion, told };
  }

  after({ routingVersion, told }: Outcome): void {
    if (routingVersion !== null) this.waiters.announce(routingVersion);
    for (const each of told) this.teller.after(each);
    this.loop.wake();
  }

  private async end(tx: Transaction, releases: readonly ReleaseRecord[], reason: string): Promise<Told[]> {
    const told: Told[] = [];
    for (const { id } of releases.filter(({ state }) => !isEnded(state))) {
      const each = await this.teller.tellWithin(tx, id, { kind: 'revoked', reason });
      if (each) told.push(each);
    }
    return told;
  }

  /** On the timeline of the version's last release, so that it says why traffic has moved. */
  private async note(
    tx: Transaction,
    releases: readonly ReleaseRecord[],
    change: ClearanceChanged,
    { type, time }: CloudEvent,
  ): Promise<void> {
    const last = [...releases].sort((one, other) => other.attempt - one.attempt)[0];
    if (!last) return;
    const { actor } = change;
    const entry = { type, at: Date.parse(time), actor, summary: summaryOf(change), data: change };
    await this.releases.note(tx, last.id, entry);
  }

  /** Whether gateways have to hear of it: they deal the version, or may have sessions on it that must go elsewhere. */
  private async isDealt(tx: Transaction, { clearance, ...version }: ClearanceChanged): Promise<boolean> {
    const [row] = await tx.query<{ known: boolean; runs: boolean }[]>(
      `SELECT EXISTS (SELECT FROM subjects WHERE provider = $1 AND game = $2 AND stable_version IS NOT NULL) AS known,
         EXISTS (SELECT FROM workloads WHERE environment = 'production' AND running
           AND provider = $1 AND game = $2 AND version = $3) AS runs`,
      [version.provider, version.game, version.version],
    );
    return row !== undefined && row.known && (row.runs || clearance.revoked);
  }

  /** A version that was certified nowhere when it was registered has not been released yet. */
  private async releaseFirst(
    tx: Transaction,
    { provider, game, version }: ClearanceChanged,
    traceparent: string | undefined,
  ): Promise<void> {
    const artifact = await this.artifacts.findWithin(tx, provider, game, version);
    if (artifact) await this.queue.addByPolicy(tx, artifact, traceparent);
  }
}

function summaryOf({ version, clearance, reason }: ClearanceChanged): string {
  if (clearance.revoked) return `${version} is revoked, and served nowhere any more: ${reason}.`;
  const markets = clearance.markets.length === 0 ? 'no market' : clearance.markets.join(', ');
  return `${version} is certified in ${markets}: ${reason}.`;
}
