import { isDeepStrictEqual } from 'node:util';
import type { ReleaseId } from '@croupier/contracts';
import { isActive, replay, type RolloutEvent } from '@croupier/rollout';
import type { Operators } from '../outside/operators';
import { subjectOf } from '../scenario/game-version';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { Commit, ReleaseRow } from '../stores/release-row';
import { owedEffects } from './owed-effects';
import type { Referee } from './referee';

/** What holds of a release's timeline, and of what is stored with it, after every commit. */
export class History {
  /** Effects whose outcome has been told. */
  private readonly outcomes = new Set<string>();
  private readonly obeyed = new Set<string>();

  constructor(
    private readonly referee: Referee,
    private readonly ledger: () => ReleaseLedger,
    private readonly operators: () => Operators,
  ) {}

  committed({ before, after, input, doneEffect, told }: Commit): void {
    const { events } = told.decision;
    if (doneEffect !== undefined && input !== null) this.checkOutcome(doneEffect);
    if (events.length === 0) return;
    this.checkLog(before, after, events);
    this.checkSteps(after);
    this.checkEffects(after);
    this.checkOneActive(after);
    for (const event of events) this.checkOrder(event);
  }

  private checkLog(
    before: ReleaseRow | null,
    { release, events }: ReleaseRow,
    added: readonly RolloutEvent[],
  ): void {
    const { revision } = release;
    if (revision !== events.length || revision !== (before?.release.revision ?? 0) + added.length)
      this.referee.violated('the revision counts the events', `${revision} for ${events.length} events`);
    if (!isDeepStrictEqual(replay(events), release.state))
      this.referee.violated('the events replayed are the state', this.nameOf(release.id));
  }

  private checkSteps({ release, events }: ReleaseRow): void {
    const entered = events.flatMap((event) => (event.type === 'rollout.step' ? [event.stepIndex] : []));
    if (entered.some((stepIndex, index) => stepIndex !== index))
      this.referee.violated(
        'every step is entered once, in order',
        `${this.nameOf(release.id)}: ${entered.join(', ')}`,
      );
  }

  private checkEffects({ release, events, effects, sent }: ReleaseRow): void {
    const owed = owedEffects(events, release.state.plan).sort();
    const kept = [...effects.keys(), ...sent].sort();
    if (!isDeepStrictEqual(owed, kept))
      this.referee.violated(
        'effects and messages are those that the events owe',
        `${this.nameOf(release.id)} owes ${owed.join(', ')}; there are ${kept.join(', ')}`,
      );
  }

  private checkOneActive({ release }: ReleaseRow): void {
    const subject = subjectOf(release.state.plan);
    const active = [...this.ledger().all()].filter(
      ({ release: { state } }) => isActive(state) && subjectOf(state.plan) === subject,
    );
    if (active.length > 1)
      this.referee.violated(
        'a subject has one active release at most',
        active.map((row) => this.nameOf(row.release.id)).join(', '),
      );
  }

  private checkOutcome(key: string): void {
    if (this.outcomes.has(key))
      this.referee.violated("every effect's outcome is told once", `that of ${key} again`);
    this.outcomes.add(key);
  }

  /** What a person has said makes a difference once, and only if it was said. */
  private checkOrder(event: RolloutEvent): void {
    if (!('actor' in event) || event.actor === null) return;
    const reason = event.reason.replace(/^it is not approved: /, '');
    const order = this.operators().orderOf(reason);
    if (order?.releaseId !== event.releaseId)
      this.referee.violated('every command was given', `${event.type} for ${event.reason}`);
    if (this.obeyed.has(reason))
      this.referee.violated('every command is obeyed once', `${reason} again, in ${event.type}`);
    this.obeyed.add(reason);
  }

  private nameOf(id: ReleaseId): string {
    const { plan, phase } = this.ledger().get(id)!.release.state;
    return `${subjectOf(plan)}@${plan.version} (${phase.kind})`;
  }
}
