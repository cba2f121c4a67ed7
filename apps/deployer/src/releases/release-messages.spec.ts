import type { ReleaseId, StepPlan } from '@croupier/contracts';
import { canarySteps, type ReleasePlan, type RolloutEventOf } from '@croupier/rollout';
import { DEFAULTS } from '../../test/policies';
import { messagesOf } from './release-messages';

const OFF: StepPlan = { kind: 'setFlag', flag: 'old-reels', enabled: false };
const ON: StepPlan = { kind: 'setFlag', flag: 'bonus', enabled: true };
const RELEASE = { releaseId: 'r' as ReleaseId, provider: 'acme', game: 'slots', version: '1.1.0', at: 0 };

function planWith(...steps: StepPlan[]): ReleasePlan {
  const last = canarySteps({ minDurationMs: 0, minRequests: 0, deadlineMs: 1 }, [100]);
  return {
    ...{ ...DEFAULTS, ...RELEASE, digest: 'd'.repeat(64), stableVersion: '1.0.0' },
    ...{ strategy: 'canary', steps: [...steps, ...last], approvalsRequired: 0, requires: [] },
  };
}

const contextOf = (plan: ReleasePlan, ...flags: string[]) => ({
  plan,
  flags,
  artifact: undefined,
  traceparent: null,
});

describe('what other services hear of a release', () => {
  it('names every flag that a rollback has to put back, those that a step turned off among them', () => {
    const rolledBack: RolloutEventOf<'rollout.rolled_back'> = {
      ...{ ...RELEASE, type: 'rollout.rolled_back', stableVersion: '1.0.0', stepIndex: 2, weightPercent: 5 },
      ...{ cause: 'deadline', reason: 'late', actor: null, evidence: [], changesTraffic: true },
      flags: ['old-reels', 'bonus'],
    };
    const [message] = messagesOf(rolledBack, contextOf(planWith(OFF, ON), 'jackpot'));
    expect(message?.data).toMatchObject({ releaseId: 'r', flags: ['jackpot', 'old-reels', 'bonus'] });
  });

  it('names what a promotion turns on, and nothing that a step has turned off', () => {
    const promoted: RolloutEventOf<'rollout.promoted'> = {
      ...{ ...RELEASE, type: 'rollout.promoted', previousVersion: '1.0.0' },
      ...{ cause: 'steps-passed', reason: 'every step is over', actor: null },
    };
    const [message] = messagesOf(promoted, contextOf(planWith(OFF, ON), 'jackpot', 'old-reels'));
    expect(message?.data).toMatchObject({ flags: ['jackpot', 'bonus'] });
  });

  it.each([
    [0, ['rollback.completed']],
    [5, []],
    [100, []],
  ])('tells of the end of a rollback when every gateway deals %d %%', (weightPercent, types) => {
    const confirmed: RolloutEventOf<'weight.confirmed'> = {
      ...RELEASE,
      type: 'weight.confirmed',
      weightPercent,
    };
    expect(messagesOf(confirmed, contextOf(planWith())).map(({ type }) => type)).toEqual(types);
  });

  it('says until when approvals are waited for, and who has overridden those that lack', () => {
    const digest = 'd'.repeat(64);
    const requested: RolloutEventOf<'approval.requested'> = {
      ...{ ...RELEASE, type: 'approval.requested', digest, required: 2, expiresAt: 86_400_000 },
    };
    const overridden: RolloutEventOf<'approval.overridden'> = {
      ...{ ...RELEASE, type: 'approval.overridden', digest, given: 1, required: 2, stepIndex: null },
      ...{ actor: 'ann', reason: 'it pays twice' },
    };
    const told = [requested, overridden].flatMap((event) => messagesOf(event, contextOf(planWith())));
    expect(told.map(({ data }) => data)).toMatchObject([
      { digest, required: 2, expiresAt: '1970-01-02T00:00:00.000Z' },
      { digest, given: 1, required: 2, actor: 'ann', reason: 'it pays twice' },
    ]);
  });

  it('tells at once of the end of a rollback that changes no traffic', () => {
    const rolledBack: RolloutEventOf<'rollout.rolled_back'> = {
      ...{ ...RELEASE, type: 'rollout.rolled_back', stableVersion: '1.0.0', stepIndex: 0, weightPercent: 0 },
      ...{ cause: 'operator', reason: 'asked', actor: 'ann', evidence: [], changesTraffic: false, flags: [] },
    };
    const told = messagesOf(rolledBack, contextOf(planWith())).map(({ type }) => type);
    expect(told).toEqual(['rollout.rolled_back', 'rollback.completed']);
  });
});
