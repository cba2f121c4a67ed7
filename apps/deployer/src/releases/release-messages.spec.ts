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

const contextOf = (plan: ReleasePlan, ...flags: string[]) => ({ plan, flags, artifact: undefined });

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

  it('tells that the traffic is back only when a rollback is confirmed', () => {
    const confirmed = (weightPercent: number): RolloutEventOf<'weight.confirmed'> => ({
      ...{ ...RELEASE, type: 'weight.confirmed', weightPercent },
    });
    expect(messagesOf(confirmed(5), contextOf(planWith()))).toEqual([]);
    const [message] = messagesOf(confirmed(0), contextOf(planWith()));
    expect(message).toMatchObject({ type: 'traffic.returned', data: { releaseId: 'r', version: '1.1.0' } });
  });

  it('names what a promotion turns on, and nothing that a step has turned off', () => {
    const promoted: RolloutEventOf<'rollout.promoted'> = {
      ...{ ...RELEASE, type: 'rollout.promoted', previousVersion: '1.0.0' },
      ...{ cause: 'steps-passed', reason: 'every step is over', actor: null },
    };
    const [message] = messagesOf(promoted, contextOf(planWith(OFF, ON), 'jackpot', 'old-reels'));
    expect(message?.data).toMatchObject({ flags: ['jackpot', 'bonus'] });
  });
});
