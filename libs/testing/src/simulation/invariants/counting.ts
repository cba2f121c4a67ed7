import { healthLogEvidence, type Tally } from '@croupier/analysis';
import type { MetricEvidence } from '@croupier/contracts';
import type { ObservationEntry, StoredRelease, TelemetryEntry, WindowEntry } from '@croupier/orchestrator';
import { judgedVersion } from '@croupier/rollout';
import type { Replica } from '../replicas/replica';
import type { Setting } from '../setting';
import type { Commit } from '../stores/release-row';

interface Sums {
  readonly canary: Tally;
  readonly stable: Tally;
  /** The canary's since traffic or flags last changed. */
  readonly step: Tally;
}

interface Read {
  /** The pass in which it was read. */
  readonly pass: number;
  /** How many entries there were. */
  readonly entries: number;
}

const NONE: Tally = { trials: 0, failures: 0 };

/**
 * Keeps every entry in the order in which it could first be read, and holds each verdict against the sum of those that
 * its replica could read at that moment: every window once, none left out, in its own step.
 */
export class Counting {
  private readonly entries: TelemetryEntry[] = [];
  private readonly reads = new Map<string, Read>();
  /** How many entries there were when each release's rollout began: none of them is of it. */
  private readonly beginnings = new Map<string, number>();

  constructor(private readonly setting: Setting) {}

  counted(entry: TelemetryEntry): void {
    this.entries.push(entry);
  }

  committed({ after, told }: Commit): void {
    if (told.decision.events.some(({ type }) => type === 'rollout.started'))
      this.beginnings.set(after.release.id, this.entries.length);
  }

  get readable(): number {
    return this.entries.length;
  }

  /** The replica has read, in the pass that it is in, the first so many. */
  hasRead(replica: Replica, entries: number): void {
    this.reads.set(replica.id, { pass: replica.passes, entries });
  }

  check(replica: Replica, release: StoredRelease, evidence: readonly MetricEvidence[]): void {
    this.setting.figures.judgements += 1;
    const read = this.reads.get(replica.id);
    const hasReadNow = read?.pass === replica.passes;
    const entries = hasReadNow ? read.entries : this.entries.length;
    for (const metric of evidence) {
      const sums = this.sumsOf(release, metric.name, entries);
      const stable = { trials: metric.stableTrials ?? 0, failures: metric.stableFailures ?? 0 };
      const isRight = hasReadNow
        ? isSame(sums.canary, metric) && isSame(sums.stable, stable) && isOfStep(metric, sums.step)
        : metric.trials <= sums.canary.trials && stable.trials <= sums.stable.trials;
      if (isRight) continue;
      this.setting.referee.violated(
        'every telemetry window counts exactly once',
        `${replica.id} judges ${release.state.plan.version} by ${metric.name} ${textOf(metric)} (stable ${textOf(stable)}), ` +
          `but ${textOf(sums.canary)} (stable ${textOf(sums.stable)}, step ${textOf(sums.step)}) ` +
          (hasReadNow ? 'could be read' : 'is all there is'),
      );
    }
  }

  /** Of the first so many entries. */
  private sumsOf(release: StoredRelease, metric: string, entries: number): Sums {
    const { plan } = release.state;
    const source = plan.analysis.metrics.find(({ name }) => name === metric)!.source;
    const judged = judgedVersion(plan);
    const [canary, stable, step] = [new Sum(), new Sum(), new Sum()];
    for (let index = this.beginnings.get(release.id) ?? 0; index < entries; index += 1) {
      const entry = this.entries[index]!;
      if (entry.kind === 'observation') {
        if (source.kind === 'gateway' || entry.releaseId !== release.id) continue;
        if (entry.startedAt < (release.state.incidentAt ?? -Infinity)) continue;
        canary.add(entry.canary);
        stable.add(entry.stable);
        if (isSeenInStep(release, entry)) step.add(entry.canary);
      } else if (source.kind === 'gateway' && isOfRollout(release, entry)) {
        for (const count of entry.counts) {
          if (count.game !== plan.game || count.provider !== plan.provider) continue;
          if (plan.markets?.includes(count.market) === false) continue;
          const tally = { trials: count.requests, failures: count[source.failures] };
          if (count.version === judged) {
            canary.add(tally);
            if (isInStep(release, entry)) step.add(tally);
          } else if (count.version === plan.stableVersion) stable.add(tally);
        }
      }
    }
    return { canary, stable, step };
  }
}

class Sum implements Tally {
  trials = 0;
  failures = 0;

  add({ trials, failures }: Tally): void {
    this.trials += trials;
    this.failures += failures;
  }
}

function isOfRollout({ state, firstRoutingVersion }: StoredRelease, window: WindowEntry): boolean {
  if (window.startedAt < (state.incidentAt ?? -Infinity)) return false;
  return state.plan.strategy === 'flag'
    ? window.startedAt >= (state.flagsSetAt?.first ?? Infinity)
    : window.routingVersion >= (firstRoutingVersion ?? Infinity);
}

function isInStep({ state, stepRoutingVersion }: StoredRelease, window: WindowEntry): boolean {
  if (window.startedAt < (state.flagsSetAt?.last ?? -Infinity)) return false;
  return state.plan.strategy === 'flag' || window.routingVersion >= (stepRoutingVersion ?? Infinity);
}

function isSeenInStep({ state }: StoredRelease, { startedAt }: ObservationEntry): boolean {
  if (startedAt < (state.flagsSetAt?.last ?? -Infinity)) return false;
  return state.plan.strategy === 'flag' || startedAt >= (state.weightsSetAt ?? Infinity);
}

/** The evidence for health is that of the step alone. */
function isOfStep({ nullRate, healthLogEvidence: found }: MetricEvidence, step: Tally): boolean {
  return found === healthLogEvidence(step.trials === 0 ? NONE : step, { nullRate });
}

function isSame(one: Tally, other: Tally): boolean {
  return one.trials === other.trials && one.failures === other.failures;
}

function textOf({ failures, trials }: Tally): string {
  return `${failures} of ${trials}`;
}
