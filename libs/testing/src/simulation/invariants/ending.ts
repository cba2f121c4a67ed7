import { isFinished, type Effect } from '@croupier/rollout';
import { satisfies } from 'semver';
import type { DeploymentTarget } from '../outside/deployment-target';
import type { FlagService } from '../outside/flag-service';
import { subjectOf } from '../scenario/game-version';
import type { ReleaseLedger } from '../stores/release-ledger';
import { hasUndone, type ReleaseRow } from '../stores/release-row';
import type { RoutingDesk } from '../stores/routing-desk';
import type { Referee } from './referee';

export interface EndingWitnesses {
  readonly ledger: ReleaseLedger;
  readonly desk: RoutingDesk;
  readonly target: DeploymentTarget;
  readonly flags: FlagService;
}

/** Once the faults are over, everything comes to its end, and nothing is left lying about. */
export class Ending {
  constructor(
    private readonly referee: Referee,
    private readonly world: EndingWitnesses,
  ) {}

  isReached(): boolean {
    const open = [...this.world.ledger.all()].filter(
      (row) => !isFinished(row.release.state) || hasUndone(row),
    );
    return open.every((row) => this.waitsForOthers(row, open));
  }

  /** The time is over: whoever has not ended is stuck. */
  checkAllEnded(): void {
    const open = [...this.world.ledger.all()].filter(
      (row) => !isFinished(row.release.state) || hasUndone(row),
    );
    for (const row of open)
      if (!this.waitsForOthers(row, open)) {
        const undone = undoneOf(row).map(({ key }) => key);
        this.referee.violated(
          'every release ends once faults do',
          `${nameOf(row)} is ${JSON.stringify(row.release.state.phase)}; undone: ${undone.join(', ') || 'nothing'}`,
        );
      }
  }

  checkNothingLeft(): void {
    const { desk, target, ledger } = this.world;
    for (const { environment, subject, version } of target.all()) {
      const isNeeded = desk.subject(subject)?.stable === version || desk.isDealt(subject, version);
      if (environment === 'staging' || !isNeeded)
        this.referee.violated('no workload is left behind', `${environment} ${subject}@${version}`);
    }
    for (const { release } of ledger.all()) {
      const { plan, phase } = release.state;
      if (phase.kind !== 'rolled-back') continue;
      for (const step of plan.steps)
        if (step.kind === 'setFlag' && this.world.flags.isOn(step.flag))
          this.referee.violated('no flag is left on after a rollback', step.flag);
    }
  }

  /** Queued, with a requirement that nothing stable meets or certified nowhere; or behind such a one; or kept for a market. */
  private waitsForOthers(row: ReleaseRow, open: readonly ReleaseRow[]): boolean {
    const { plan, phase } = row.release.state;
    if (this.isKeptForMarket(row)) return true;
    if (phase.kind !== 'queued') return false;
    if (this.world.ledger.grounds([plan.releaseId]).get(plan.releaseId)?.markets.length === 0) return true;
    const stable = this.world.desk.stableVersions(plan.requires.map(({ subject }) => subject));
    const isUnmet = plan.requires.some(
      ({ subject, range }) => !satisfies(stable.get(subject) ?? '0.0.0', range),
    );
    const ahead = open.filter(
      (other) => other !== row && subjectOf(other.release.state.plan) === subjectOf(plan),
    );
    return isUnmet || ahead.some((other) => this.waitsForOthers(other, []));
  }

  /** Nothing is left to do but to stop what some market is still dealt. */
  private isKeptForMarket(row: ReleaseRow): boolean {
    const subject = subjectOf(row.release.state.plan);
    const undone = undoneOf(row);
    return (
      undone.length > 0 &&
      undone.every(
        (effect) => effect.kind === 'retire-workload' && this.world.desk.isDealt(subject, effect.version),
      )
    );
  }
}

function undoneOf({ effects }: ReleaseRow): Effect[] {
  return [...effects.values()].flatMap(({ done, pending }) => (done ? [] : [pending.effect]));
}

function nameOf({ release }: ReleaseRow): string {
  const { plan } = release.state;
  return `${subjectOf(plan)}@${plan.version}`;
}
