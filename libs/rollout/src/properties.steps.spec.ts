import { always, eventually, must } from '../test/properties';
import type { RolloutEvent, RolloutEventOf } from './event';
import { currentStep } from './standing';
import { isActive } from './standing';

const OVER = [
  'step.passed',
  'step.skipped',
  'step.approved',
  'approval.overridden',
  'weight.confirmed',
  'flag.set',
];

function stepsBegun(events: readonly RolloutEvent[]): RolloutEventOf<'rollout.step'>[] {
  return events.flatMap((event) => (event.type === 'rollout.step' ? [event] : []));
}

describe('whatever happens, the steps of a rollout', () => {
  it('begin one after the other, each once, and each after something has ended the one before', () => {
    eventually(({ events, state: { plan } }) => {
      expect(stepsBegun(events).map(({ stepIndex }) => stepIndex)).toEqual(
        [...plan.steps.keys()].slice(0, stepsBegun(events).length),
      );
      let over = true;
      for (const event of events) {
        if (event.type === 'rollout.step') {
          must(over, `step ${event.stepIndex} began before the one before was over`);
          over = false;
        }
        over ||= OVER.includes(event.type);
        if (event.type === 'rollout.promoted' && event.cause === 'steps-passed')
          must(
            over && stepsBegun(events).length === plan.steps.length,
            'it was promoted before the last step',
          );
      }
    });
  });

  it('do not lead to a promotion without a healthy judgement of every analysis, unless an operator says so', () => {
    always(({ before: { plan }, events }, release) => {
      if (!events.some((event) => event.type === 'rollout.promoted' && event.cause === 'steps-passed'))
        return;
      const done = new Set(
        release.events.flatMap((event) =>
          event.type === 'step.passed' || event.type === 'step.skipped' ? [event.stepIndex] : [],
        ),
      );
      for (const [index, { kind }] of plan.steps.entries())
        must(kind !== 'analysis' || done.has(index), `the analysis ${index} was passed over`);
    });
  });

  it('that are an analysis pass but by a healthy judgement of them, after their duration and sample', () => {
    always(({ before, input, events }) => {
      for (const event of events) {
        if (event.type !== 'step.passed') continue;
        const step = before.plan.steps[event.stepIndex];
        if (step?.kind !== 'analysis') continue;
        expect(input).toMatchObject({ kind: 'judged', verdict: 'healthy', stepIndex: event.stepIndex });
        expect(event.requests).toBeGreaterThanOrEqual(step.minRequests);
        const startedAt = currentStep(before)?.stepStartedAt ?? Infinity;
        expect(event.at - startedAt).toBe(event.elapsedMs);
        expect(event.elapsedMs).toBeGreaterThanOrEqual(step.minDurationMs);
      }
    });
  });

  it('that are no analysis never pass by a verdict', () => {
    always(({ before, after, input }) => {
      const step = currentStep(before);
      if (step === null || input.kind !== 'judged') return;
      if (before.plan.steps[step.stepIndex]?.kind === 'analysis') return;
      const next = currentStep(after);
      must(
        next === null
          ? !isActive(after) && after.phase.kind === 'rolled-back'
          : next.stepIndex === step.stepIndex,
        `${input.verdict} ended a step that is no analysis`,
      );
      must(next?.passed !== true || step.passed, 'a verdict passed a step that is no analysis');
    });
  });

  it('are ended by what their kind waits for, or by a person, and by nothing else', () => {
    always(({ before, input, events }, release) => {
      const step = currentStep(before);
      const plan = before.plan.steps[step?.stepIndex ?? -1];
      if (step === null || plan === undefined) return;
      for (const { type } of events) {
        if (type === 'step.skipped') expect(input).toMatchObject({ kind: 'command', command: 'skip' });
        if (type === 'step.approved') {
          expect(input).toMatchObject({ kind: 'command', command: 'approve' });
          expect(plan.kind).toBe('pause');
        }
        if (type === 'approval.overridden') {
          expect(input).toMatchObject({ kind: 'command', command: 'override' });
          expect(plan).toMatchObject({ kind: 'pause', durationMs: null });
        }
        if (type === 'step.skipped' && plan.kind === 'pause')
          must(plan.durationMs !== null, 'an approval was skipped');
        if (type === 'weight.confirmed') {
          expect(input).toEqual({ kind: 'weightConfirmed', stepIndex: step.stepIndex });
          expect(plan.kind).toBe('setWeight');
        }
        if (type === 'flag.set') expect(plan).toMatchObject({ ...input, kind: 'setFlag' });
        if (type !== 'step.passed') continue;
        const waitsFor = { analysis: 'judged', pause: 'tick', preview: 'previewPassed' };
        expect(waitsFor).toMatchObject({ [plan.kind]: input.kind });
        if (plan.kind === 'pause')
          must(release.now >= (step.deadlineAt ?? Infinity), 'the pause was too short');
      }
    });
  });

  it('are told to be held once at most, and never once they are to be rolled back', () => {
    always(({ before, events }, release) => {
      const held = release.events.flatMap((event) =>
        event.type === 'rollout.held' ? [event.stepIndex] : [],
      );
      must(new Set(held).size === held.length, 'a step was held twice');
      if (!events.some(({ type }) => type === 'rollout.held')) return;
      const rollBackAt = currentStep(before)?.rollBackAt ?? Infinity;
      must(release.now < rollBackAt, 'a step was held instead of rolled back');
    });
  });

  it('that have passed pass no second time while they wait for the end of a freeze', () => {
    always(({ before, events }) => {
      if (currentStep(before)?.passed !== true) return;
      must(
        events.every(({ type }) => !['step.passed', 'step.skipped', 'step.approved'].includes(type)),
        'a step passed twice',
      );
    });
  });

  it('wait only while there is a freeze or a pause', () => {
    always(({ after }) => {
      const waits = after.phase.kind === 'progressing' && after.phase.passed;
      must(!waits || after.freeze !== null, 'a step that has passed waits for nothing');
      const ready = after.phase.kind === 'deploying' && after.phase.deadlineAt === null;
      must(!ready || after.freeze !== null, 'a version that is ready waits for nothing');
    });
  });
});
