import type { Workload } from '../outside/deployment-target';
import type { Gateway } from '../outside/gateway';
import type { Players } from '../outside/players';
import { CLOCK_SKEW_MS } from '../scenario/clocks';
import type { Setting } from '../setting';
import { subjectOf } from '../scenario/game-version';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { ClearanceBook } from '../stores/clearance-book';
import type { RoutingDesk } from '../stores/routing-desk';
import { GATEWAY_ALIVE_MS } from '../stores/telemetry-log';

export interface SessionWitnesses {
  readonly gateways: readonly Gateway[];
  readonly desk: RoutingDesk;
  readonly ledger: ReleaseLedger;
  readonly clearances: ClearanceBook;
}

/** An open session stays on its version until that has drained: nobody new for as long as the plan gives the old ones. */
export class Sessions {
  constructor(
    private readonly setting: Setting,
    private readonly witnesses: () => SessionWitnesses,
  ) {}

  /** A production workload is about to lose its routes, and then to be stopped. */
  stopping({ subject, version }: Workload): void {
    const { gateways, desk } = this.witnesses();
    const dealt = desk.subject(subject);
    if (desk.isDealt(subject, version) || dealt?.stable === version || dealt?.canary?.version === version)
      this.setting.referee.violated(
        'what is dealt runs',
        `${subject}@${version} is dealt, and to be stopped`,
      );
    for (const gateway of gateways) {
      const players = gateway.playersOn(subject, version);
      if (players && players.open > 0) this.checkDrained(gateway, subject, version, players);
    }
  }

  /** A gateway finds sessions open on a version that it can reach no more. */
  cut(gateway: Gateway, subject: string, version: string, players: Players): void {
    this.checkDrained(gateway, subject, version, players);
  }

  private checkDrained(gateway: Gateway, subject: string, version: string, players: Players): void {
    const [provider, game] = subject.split('/') as [string, string];
    // Its sessions have gone on elsewhere.
    if (this.witnesses().clearances.isRevoked({ provider, game, version })) return;
    const { now } = this.setting.time;
    const drainMs = this.drainMsOf(subject, version);
    const { inTouchSince } = gateway;
    // One that was out of touch has gone on dealing by its last snapshot, and nobody could know.
    if (inTouchSince === null || now - inTouchSince < drainMs + 2 * GATEWAY_ALIVE_MS) return;
    const drainedMs = now - players.lastDealtAt;
    if (drainedMs < drainMs - 2 * CLOCK_SKEW_MS)
      this.setting.referee.violated(
        'an open session keeps its version until it has drained',
        `${players.open} sessions of ${gateway.id} on ${subject}@${version} are cut after ${drainedMs} ms of ${drainMs}`,
      );
  }

  /** The shortest time that a release which has dealt it gives. */
  private drainMsOf(subject: string, version: string): number {
    let shortest = Infinity;
    for (const { release } of this.witnesses().ledger.all()) {
      const { plan, phase } = release.state;
      const isOf = subjectOf(plan) === subject && [plan.version, plan.stableVersion].includes(version);
      if (isOf && phase.kind !== 'queued') shortest = Math.min(shortest, plan.drainMs);
    }
    return shortest;
  }
}
