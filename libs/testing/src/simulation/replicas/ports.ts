import type { MetricEvidence } from '@croupier/contracts';
import type { Ports, StoredRelease } from '@croupier/orchestrator';
import type { EffectDesk } from '../outside/effect-desk';
import { CLOCK_SKEW_MS } from '../scenario/clocks';
import type { DrawnFreezes } from '../scenario/freezes';
import type { Setting } from '../setting';
import type { LeaseTable } from '../stores/lease-table';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { RoutingDesk } from '../stores/routing-desk';
import type { TelemetryLog } from '../stores/telemetry-log';
import type { Replica } from './replica';
import { Wire } from './wire';

/** What a loop is seen to do. */
export interface LoopWatch {
  /** How many entries of telemetry there are to be read. */
  readable(): number;
  hasRead(replica: Replica, entries: number): void;
  judged(replica: Replica, release: StoredRelease, evidence: readonly MetricEvidence[]): void;
}

export interface Surroundings {
  readonly setting: Setting;
  readonly leases: LeaseTable;
  readonly ledger: ReleaseLedger;
  readonly desk: RoutingDesk;
  readonly telemetry: TelemetryLog;
  readonly effects: EffectDesk;
  readonly freezes: DrawnFreezes;
  readonly watch: LoopWatch;
}

/** What a replica sees of the world: each call over a wire of its own, by a clock of its own. */
export function portsOf(world: Surroundings, replica: Replica): Ports {
  const { setting, leases, ledger, desk, telemetry, effects, freezes, watch } = world;
  const wire = new Wire(setting, replica);
  const skewMs = setting.random.between(-CLOCK_SKEW_MS, CLOCK_SKEW_MS);
  return {
    clock: { now: () => setting.time.now + skewMs, random: () => setting.random.next() },
    freezes,
    effects: effects.performerOf(replica, wire),
    leases: {
      renew: (replicaId, ttlMs) => wire.call(() => leases.renew(replicaId, ttlMs)),
      release: (replicaId) => wire.call(() => leases.release(replicaId)),
    },
    releases: {
      changes: (partitions, cursor) => wire.call(() => ledger.changes(partitions, cursor)),
      tell: (tellings, fences, now) => {
        const teller = { name: replica.id, seenSince: replica.passBegunAt };
        return wire.call(() => ledger.tell(tellings, fences, now, teller));
      },
      route: (pending, fences) => wire.call(() => ledger.route(pending, fences, replica.id)),
      stableVersions: (subjects) => wire.call(() => desk.stableVersions(subjects)),
      grounds: (ids) => wire.call(() => ledger.grounds(ids)),
      dealtVersions: (subjects) => wire.call(() => desk.dealtVersions(subjects)),
    },
    telemetry: {
      read: async (since) => {
        const { read, entries } = await wire.call(() => ({
          read: telemetry.read(since),
          entries: watch.readable(),
        }));
        watch.hasRead(replica, entries);
        return read;
      },
      horizon: () => wire.call(() => telemetry.horizon()),
      routedEverywhere: () => wire.call(() => telemetry.routedEverywhere()),
      loadCheckpoints: (partitions) => wire.call(() => telemetry.loadCheckpoints(partitions)),
      saveCheckpoints: (checkpoints) => wire.call(() => telemetry.saveCheckpoints(checkpoints)),
    },
    observer: {
      told: ({ release, decision }) => {
        for (const { type } of decision.events)
          setting.say?.(`${replica.id} has told ${release.state.plan.version}: ${type}`);
      },
      judged: (release, evidence) => watch.judged(replica, release, evidence),
      routed: () => {},
      warn: (message) => setting.say?.(`${replica.id} warns: ${message}`),
    },
  };
}
