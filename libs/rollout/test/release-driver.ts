import type { MetricEvidence, ReleaseId } from '@croupier/contracts';
import type { Decision } from '../src/decision';
import { decide } from '../src/decide';
import type { Effect } from '../src/effect';
import type { RolloutEvent } from '../src/event';
import { evolve } from '../src/evolve';
import type { Command, Judged, RolloutInput } from '../src/input';
import type { ReleasePlan } from '../src/plan';
import { queueRelease } from '../src/queue-release';
import type { RolloutState } from '../src/state';

export function planWith(overrides: Partial<ReleasePlan> = {}): ReleasePlan {
  return {
    releaseId: '7f8c1f3e-55a5-4ad6-9a6e-2f1f0c9b1c11' as ReleaseId,
    provider: 'acme',
    game: 'gold-rush',
    version: '1.1.0',
    digest: 'ab'.repeat(32),
    stableVersion: '1.0.0',
    steps: [
      { weightPercent: 5, minDurationMs: 1_000, minRequests: 100, deadlineMs: 60_000 },
      { weightPercent: 50, minDurationMs: 1_000, minRequests: 100, deadlineMs: 60_000 },
      { weightPercent: 100, minDurationMs: 1_000, minRequests: 100, deadlineMs: 60_000 },
    ],
    drainMs: 30_000,
    effectDeadlineMs: 10_000,
    ...overrides,
  };
}

export const ERRORS: MetricEvidence = {
  name: 'errors',
  trials: 1_024,
  failures: 31,
  observedRate: 31 / 1_024,
  nullRate: 0.01,
  breachLogEvidence: 8.1,
  breachThreshold: 7.6,
  healthLogEvidence: -4,
  healthThreshold: 3,
};

export function judged(verdict: Judged['verdict'], stepIndex: number, stepRequests = 1_000): Judged {
  return {
    kind: 'judged',
    verdict,
    stepIndex,
    stepRequests,
    evidence: [ERRORS],
    explanation: `it is ${verdict}`,
  };
}

export function command(name: Command['command']): Command {
  return { kind: 'command', command: name, actor: 'anna', reason: 'incident 42' };
}

/** What the outside answers on the way to production, in order. */
export const TO_TRAFFIC: readonly RolloutInput[] = [
  { kind: 'start', stableVersion: '1.0.0' },
  { kind: 'stagingDeployed' },
  { kind: 'testsPassed', checks: ['health', 'deposit', 'spin', 'withdrawal'] },
  { kind: 'migrationApplied', detail: '1 script' },
  { kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' },
];

/** A caller of the machine: appends, folds and remembers. Time stands still unless a test moves it. */
export class ReleaseDriver {
  state: RolloutState;
  now = 1_000_000;
  readonly events: RolloutEvent[] = [];
  readonly effects: Effect[] = [];

  constructor(plan: ReleasePlan = planWith()) {
    const [queued, ...none] = queueRelease(plan, this.now).events;
    if (queued === undefined || none.length > 0) throw new Error('The plan was refused');
    this.state = evolve(undefined, queued);
    this.events.push(queued);
  }

  static inTraffic(plan: ReleasePlan = planWith()): ReleaseDriver {
    return new ReleaseDriver(plan).send(...TO_TRAFFIC);
  }

  /** In traffic, with the first step confirmed and old enough to pass. */
  static inSteadyTraffic(plan: ReleasePlan = planWith()): ReleaseDriver {
    return ReleaseDriver.inTraffic(plan).send({ kind: 'weightConfirmed', weightPercent: 5 }).pass(1_000);
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
}

export function typesOf(decision: Decision): string[] {
  return decision.events.map((event) => event.type);
}
