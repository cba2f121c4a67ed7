import { inPhase, inStep, told } from '../../test/stored-releases';
import { failureOf } from './failure-of';

const REASON = 'no such image';

describe('an effect that is given up', () => {
  it.each([
    ['deploy-staging', 'staging'],
    ['run-tests', 'testing'],
    ['deploy-production', 'deploying'],
  ] as const)('ends a release that waits for it, and says why: %s', (kind, phase) => {
    const failed = told(inPhase(phase), failureOf({ kind, key: '1' }, REASON)!);
    expect(failed.state.phase).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(REASON) as string,
    });
  });

  it('ends a rollout whose preview it is', () => {
    const steps = [
      { kind: 'preview' as const },
      { kind: 'setWeight' as const, weightPercent: 100, markets: null },
    ];
    const release = inStep(0, { strategy: 'blue-green', steps });
    const failure = failureOf({ kind: 'run-preview', key: '1' }, REASON);
    expect(told(release, failure!).state.phase.kind).toBe('rolled-back');
  });

  it('is none that clears away: that is tried for ever', () => {
    expect(failureOf({ kind: 'stop-staging', key: '1' }, REASON)).toBeNull();
    expect(failureOf({ kind: 'retire-workload', key: '1', version: '1.0.0' }, REASON)).toBeNull();
  });
});
