import { decide } from '../src/decide';
import type { Decision } from '../src/decision';
import type { Effect } from '../src/effect';
import type { RolloutEvent } from '../src/event';
import { evolve } from '../src/evolve';
import type { RolloutInput } from '../src/input';
import type { ReleasePlan } from '../src/plan';
import { queueRelease } from '../src/queue-release';
import { currentStep, isEnded } from '../src/standing';
import type { Phase, RolloutState } from '../src/state';
import { planWith } from './release-plan';
import { awaited } from './rollout-inputs';

/** A caller of the machine: appends, folds and remembers. Time stands still unless a test moves it. */
export class ReleaseDriver {
  state: RolloutState;
  now = 1_000_000;
  readonly inputs: RolloutInput[] = [];
  readonly events: RolloutEvent[] = [];
  readonly effects: Effect[] = [];

  constructor(plan: ReleasePlan = planWith()) {
    const [queued, ...none] = queueRelease(plan, this.now).events;
    if (queued === undefined || none.length > 0) throw new Error('The plan was refused');
    this.state = evolve(undefined, queued);
    this.events.push(queued);
  }

  /** All has gone well so far, and took no time. */
  static in(phase: Phase['kind'], plan: ReleasePlan = planWith()): ReleaseDriver {
    return new ReleaseDriver(plan).goOnUntil(({ state }) => state.phase.kind === phase);
  }

  /** In the first step, which has begun just now. */
  static inTraffic(plan: ReleasePlan = planWith()): ReleaseDriver {
    return ReleaseDriver.in('progressing', plan);
  }

  /** In a step that has begun just now; each one before it took a second. */
  static inStep(stepIndex: number, plan: ReleasePlan = planWith()): ReleaseDriver {
    return ReleaseDriver.inTraffic(plan).reach(stepIndex);
  }

  /** In the first analysis of a canary, old enough to pass. */
  static inSteadyTraffic(plan: ReleasePlan = planWith()): ReleaseDriver {
    return ReleaseDriver.inStep(1, plan).pass(1_000);
  }

  reach(stepIndex: number): this {
    return this.goOnUntil(({ state }) => currentStep(state)?.stepIndex === stepIndex, 1_000);
  }

  finish(): this {
    return this.goOnUntil(({ state }) => isEnded(state), 1_000);
  }

  /** Lets time pass. */
  pass(durationMs: number): this {
    this.now += durationMs;
    return this;
  }

  send(...inputs: readonly RolloutInput[]): this {
    for (const input of inputs) this.decide(input);
    return this;
  }

  decide(input: RolloutInput): Decision {
    const decision = decide(this.state, input, this.now);
    for (const event of decision.events) this.state = evolve(this.state, event);
    this.inputs.push(input);
    this.events.push(...decision.events);
    this.effects.push(...decision.effects);
    return decision;
  }

  get eventTypes(): string[] {
    return this.events.map((event) => event.type);
  }

  get effectKinds(): string[] {
    return this.effects.map((effect) => effect.kind);
  }

  private goOnUntil(reached: (release: ReleaseDriver) => boolean, stepMs = 0): this {
    for (let turns = 0; !reached(this); turns++) {
      if (turns > 100) throw new Error(`It goes no further than ${JSON.stringify(this.state.phase)}`);
      this.pass(stepMs).decide(awaited(this.state));
    }
    return this;
  }
}

export function typesOf(decision: Decision): string[] {
  return decision.events.map((event) => event.type);
}

export function kindsOf(decision: Decision): string[] {
  return decision.effects.map((effect) => effect.kind);
}
