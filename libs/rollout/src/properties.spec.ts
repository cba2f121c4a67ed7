import * as fc from 'fast-check';
import { ReleaseDriver } from '../test/release-driver';
import { aimed, type Moment, runs } from '../test/release-runs';
import { decide } from './decide';
import type { RolloutEvent } from './event';
import { replay } from './evolve';
import type { RolloutInput } from './input';
import type { ReleasePlan } from './plan';
import { currentWeight, isActive, statusOf, wakeAt } from './standing';
import type { RolloutState } from './state';
import { summary } from './summary';

const RUNS = { numRuns: 1_000 };

/** As `expect`, at a hundredth of its cost: it is asked after every turn. */
function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

interface Turn {
  readonly before: RolloutState;
  readonly after: RolloutState;
  readonly input: RolloutInput;
  readonly events: readonly RolloutEvent[];
  readonly effects: readonly { readonly kind: string }[];
}

/** Checks a statement over every turn of every run. */
function always(holds: (turn: Turn, release: ReleaseDriver) => void): void {
  fc.assert(
    fc.property(runs, ({ plan, moments }) => {
      const release = new ReleaseDriver(plan);
      for (const moment of moments) {
        const before = release.state;
        const input = aimed(moment, before);
        const { events, effects } = release.pass(moment.afterMs).decide(input);
        holds({ before, after: release.state, input, events, effects }, release);
      }
    }),
    RUNS,
  );
}

function live(plan: ReleasePlan, moments: readonly Moment[]): ReleaseDriver {
  const release = new ReleaseDriver(plan);
  for (const moment of moments) release.pass(moment.afterMs).decide(aimed(moment, release.state));
  return release;
}

/** Checks a statement over every run as a whole. */
function eventually(holds: (release: ReleaseDriver, moments: readonly Moment[]) => void): void {
  fc.assert(
    fc.property(runs, ({ plan, moments }) => holds(live(plan, moments), moments)),
    RUNS,
  );
}

const inTraffic = (state: RolloutState) => ['progressing', 'paused'].includes(state.phase.kind);
const ended = (state: RolloutState) => ['promoted', 'rolled-back', 'failed'].includes(state.phase.kind);

describe('whatever happens, in whatever order', () => {
  it('the weight is one of the plan and only rises until promotion or rollback', () => {
    always(({ before, after }) => {
      if (!inTraffic(after)) return;
      const weight = currentWeight(after);
      must(
        before.plan.steps.some((step) => step.weightPercent === weight),
        `${weight} % is no step`,
      );
      must(weight >= currentWeight(before), `the weight fell to ${weight} %`);
    });
  });

  it('the weight is 0 for good once it has been set to 0, and no later effect sends traffic', () => {
    always(({ after }, release) => {
      const zeroAt = release.effects.findIndex((effect) => effect.key.endsWith(':set-weight:0'));
      if (zeroAt < 0) return;
      must(currentWeight(after) === 0, 'the weight rose from 0');
      const later = release.effects.slice(zeroAt + 1);
      must(
        later.every((effect) => effect.kind === 'retire-workload'),
        'traffic was sent after weight 0',
      );
    });
  });

  it('no version is promoted without a healthy judgement of every step, unless an operator says so or it is the first', () => {
    always(({ before, input, events, after }, release) => {
      if (!events.some((event) => event.type === 'rollout.promoted')) return;
      if (input.kind === 'command') return expect(input.command).toBe('promote');
      if (before.plan.stableVersion === null) return;
      const passed = release.events.filter((event) => event.type === 'step.passed');
      expect(passed.map((event) => event.stepIndex)).toEqual([...after.plan.steps.keys()]);
      expect(input).toMatchObject({ kind: 'judged', verdict: 'healthy' });
    });
  });

  it('no step passes but by a healthy judgement of it, after its confirmation, duration and sample', () => {
    always(({ before, input, events }, release) => {
      for (const event of events) {
        if (event.type !== 'step.passed') continue;
        const step = before.plan.steps[event.stepIndex];
        expect(input).toMatchObject({ kind: 'judged', verdict: 'healthy', stepIndex: event.stepIndex });
        expect(event.requests).toBeGreaterThanOrEqual(step?.minRequests ?? Infinity);
        const confirmed = release.events.filter(
          (earlier) => earlier.type === 'weight.confirmed' && earlier.weightPercent === step?.weightPercent,
        );
        expect(confirmed).toHaveLength(1);
        expect(event.at - (confirmed[0]?.at ?? Infinity)).toBeGreaterThanOrEqual(
          step?.minDurationMs ?? Infinity,
        );
      }
    });
  });

  it('a breach in traffic is a rollback in one decision, with weight 0 first', () => {
    always(({ before, input, after, effects }) => {
      if (!inTraffic(before) || input.kind !== 'judged' || input.verdict !== 'breached') return;
      expect(after.phase.kind).toBe('rolled-back');
      expect(effects[0]).toMatchObject({ kind: 'set-weight', weightPercent: 0 });
    });
  });

  it('what has ended stays ended', () => {
    always(({ before, after }) => {
      must(!ended(before) || after.phase.kind === before.phase.kind, `${before.phase.kind} did not last`);
    });
  });

  it('the events replayed, even through JSON, are the live state', () => {
    eventually((release) => {
      expect(replay(release.events)).toEqual(release.state);
      expect(replay(JSON.parse(JSON.stringify(release.events)) as RolloutEvent[])).toEqual(release.state);
    });
  });

  it('an input repeated at once changes nothing more', () => {
    always(({ after, input }, release) => {
      const { events, effects } = decide(after, input, release.now);
      must(events.length === 0 && effects.length === 0, `${input.kind} counted twice`);
    });
  });

  it('the whole story told again after the end changes nothing but the confirmation and the drain', () => {
    eventually((release, moments) => {
      if (!ended(release.state)) return;
      const { kind } = release.state.phase;
      for (const { input } of moments)
        for (const event of release.decide(input).events)
          expect(event.type).toMatch(/^(weight\.confirmed|workload\.retiring|workload\.retired)$/);
      expect(release.state.phase.kind).toBe(kind);
    });
  });

  it('every effect comes with an event, and its key never comes twice', () => {
    always(({ events, effects }, release) => {
      must(events.length > 0 || effects.length === 0, 'an effect came without an event');
      const keys = release.effects.map((effect) => effect.key);
      must(new Set(keys).size === keys.length, 'a key came twice');
    });
  });

  it('a step is told to be held once at most', () => {
    eventually((release) => {
      const held = release.events.flatMap((event) =>
        event.type === 'rollout.held' ? [event.stepIndex] : [],
      );
      expect(new Set(held).size).toBe(held.length);
    });
  });

  it('a tick does something exactly when its time has come', () => {
    always(({ after }, release) => {
      const wake = wakeAt(after);
      const { events } = decide(after, { kind: 'tick' }, release.now);
      const due = wake !== null && release.now >= wake;
      must(events.length > 0 === due, `due is ${due}, but there are ${events.length} events`);
    });
  });

  it('only a started release that has not ended holds its subject’s slot', () => {
    always(({ after }) => {
      const running = statusOf(after) !== 'queued' && !ended(after);
      must(isActive(after) === running, `${statusOf(after)} is told as active: ${isActive(after)}`);
    });
  });

  it('decide leaves the state as it was', () => {
    always(({ before, input }, release) => {
      const copy = JSON.stringify(before);
      decide(before, input, release.now);
      must(JSON.stringify(before) === copy, `${input.kind} changed the state`);
    });
  });

  it('every event has its sentence', () => {
    eventually((release) => {
      for (const event of release.events) must(/^[^\n]+[^.]\.$/.test(summary(event)), summary(event));
    });
  });

  it('the runs reach every event and every way to end', () => {
    const seen = new Set<string>();
    for (const { plan, moments } of fc.sample(runs, { numRuns: 3_000, seed: 1 }))
      for (const event of live(plan, moments).events) {
        seen.add(event.type);
        if (event.type === 'rollout.promoted' || event.type === 'rollout.rolled_back') seen.add(event.cause);
        if (event.type === 'rollout.promoted' && event.cause === 'steps-passed')
          seen.add(`${plan.steps.length} steps passed`);
      }
    for (const reached of ['steps-passed', 'first-version', 'operator', 'breach', 'workload-failed'])
      expect(seen).toContain(reached);
    expect(seen).toContain('3 steps passed');
    expect([...seen].filter((name) => name.includes('.'))).toHaveLength(22);
  });
});
