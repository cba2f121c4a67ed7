import type { MetricEvidence } from '@croupier/contracts';
import type { Lease, StoredRelease, TelemetryEntry } from '@croupier/orchestrator';
import type { Fence, TargetWatch, Workload } from '../outside/deployment-target';
import type { EffectWatch } from '../outside/effect-desk';
import type { Gateway, GatewayWatch } from '../outside/gateway';
import type { Players } from '../outside/players';
import type { LoopWatch } from '../replicas/ports';
import type { Replica } from '../replicas/replica';
import type { Conduct } from '../scenario/game-version';
import type { Setting } from '../setting';
import type { LeaseTable } from '../stores/lease-table';
import type { LedgerWatch } from '../stores/release-ledger';
import type { Commit } from '../stores/release-row';
import type { DeskWatch, Published } from '../stores/routing-desk';
import type { TelemetryWatch } from '../stores/telemetry-log';
import { Counting } from './counting';
import { Dealing, type DealingWitnesses } from './dealing';
import { Fences } from './fences';
import { History } from './history';
import { Progress, type Witnesses } from './progress';
import { Sessions } from './sessions';
import { Verdicts } from './verdicts';

export interface Parts extends Omit<Witnesses, 'previewed'>, DealingWitnesses {
  readonly leases: LeaseTable;
  conductOf(commit: Commit): Conduct;
  /** Hears of everything that is stored, once it has been found right. */
  heard(commit: Commit): void;
}

/** Everything that is watched, and who is told of it. */
export class Invariants
  implements LoopWatch, LedgerWatch, DeskWatch, TelemetryWatch, TargetWatch, EffectWatch, GatewayWatch
{
  private readonly counting: Counting;
  private readonly verdicts: Verdicts;
  private readonly dealing: Dealing;
  private readonly fences: Fences;
  private readonly history: History;
  private readonly progress: Progress;
  private readonly sessions: Sessions;
  private readonly seenPreviews = new Set<string>();

  constructor(
    private readonly setting: Setting,
    private readonly parts: () => Parts,
  ) {
    const { referee } = setting;
    this.counting = new Counting(setting);
    this.verdicts = new Verdicts(setting, (commit) => parts().conductOf(commit));
    this.dealing = new Dealing(referee, parts);
    this.fences = new Fences(referee, () => parts().leases);
    this.history = new History(
      referee,
      () => parts().ledger,
      () => parts().operators,
    );
    this.progress = new Progress(setting, () => ({ ...parts(), previewed: this.seenPreviews }));
    this.sessions = new Sessions(setting, parts);
  }

  committed(commits: readonly Commit[], leases: readonly Lease[]): void {
    for (const commit of commits) {
      this.setting.figures.commits += 1;
      for (const event of commit.told.decision.events)
        this.setting.say?.(`${commit.teller.name}: ${event.game}@${event.version} ${event.type}`);
      this.fences.committed(commit, leases);
      this.history.committed(commit);
      this.progress.committed(commit);
      this.verdicts.committed(commit);
      this.counting.committed(commit);
      this.parts().heard(commit);
    }
  }

  cleared(subject: string): void {
    this.dealing.cleared(subject);
  }

  fencesUsed(leases: readonly Lease[], by: string): void {
    this.fences.used(leases, by);
  }

  published(published: Published): void {
    this.setting.figures.snapshots += 1;
    this.dealing.published(published);
  }

  counted(entry: TelemetryEntry): void {
    this.setting.figures.windows += 1;
    this.counting.counted(entry);
  }

  readable(): number {
    return this.counting.readable;
  }

  hasRead(replica: Replica, entries: number): void {
    this.counting.hasRead(replica, entries);
  }

  judged(replica: Replica, release: StoredRelease, evidence: readonly MetricEvidence[]): void {
    this.counting.check(replica, release, evidence);
    this.verdicts.judged(release, evidence);
  }

  obeyed(fence: Fence): void {
    this.fences.obeyed(fence);
  }

  deployed({ environment, subject, version }: Workload, copies: number): void {
    if (copies > 1)
      this.setting.referee.violated(
        'a version runs once in an environment',
        `${copies} workloads of ${subject}@${version} in ${environment}`,
      );
  }

  stopping(workload: Workload): void {
    this.sessions.stopping(workload);
  }

  previewed({ id }: StoredRelease): void {
    this.seenPreviews.add(id);
  }

  switched(gateway: Gateway, before: Published | null, after: Published): void {
    this.dealing.switched(gateway.id, before, after);
  }

  cut(gateway: Gateway, subject: string, version: string, players: Players): void {
    this.sessions.cut(gateway, subject, version, players);
  }
}
