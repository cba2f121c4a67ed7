import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { flagOn, planWith } from '../test/release-plan';
import { command, freeze, THAW, TICK } from '../test/rollout-inputs';

const TWO_EYES = planWith({ approvalsRequired: 2 });
const byAnna = command('approve');
const byBen = command('approve', { actor: 'ben' });

describe('a release that requires approvals', () => {
  it('asks for them once its tests have passed, with the digest that is approved', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES);
    expect(release.eventTypes.slice(-2)).toEqual(['tests.passed', 'approval.requested']);
    expect(release.events.at(-1)).toMatchObject({ digest: TWO_EYES.digest, required: 2 });
    expect(release.effectKinds.slice(-1)).toEqual(['stop-staging']);
  });

  it('migrates once as many people as required have approved it', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES);
    expect(release.decide(byAnna)).toEqual({
      events: [expect.objectContaining({ type: 'release.approved', actor: 'anna', given: 1, required: 2 })],
      effects: [],
    });
    const decision = release.decide(byBen);
    expect(typesOf(decision)).toEqual(['release.approved', 'release.staged']);
    expect(kindsOf(decision)).toEqual(['request-migration']);
  });

  it('counts nobody twice', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES).send(byAnna);
    expect(release.decide(byAnna)).toEqual({
      events: [],
      effects: [],
      refusal: { reason: 'cannot approve 1.1.0: anna has approved it already' },
    });
  });

  it('fails when anybody rejects it', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES).send(byAnna);
    release.send(command('reject', { actor: 'ben', reason: 'not before the audit' }));
    expect(release.events.at(-1)).toMatchObject({ type: 'release.failed', actor: 'ben' });
    expect(release.state.phase).toEqual({
      kind: 'failed',
      reason: 'it is not approved: not before the audit',
    });
  });

  it('has all the time it needs, and can be aborted', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES).pass(1_000_000_000);
    expect(release.decide(TICK)).toEqual({ events: [], effects: [] });
    expect(typesOf(release.decide(command('abort')))).toEqual(['release.failed']);
  });

  it.each(['pause', 'resume', 'promote', 'skip'] as const)('refuses to %s meanwhile', (name) => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES);
    expect(release.decide(command(name)).refusal?.reason).toBe(
      `cannot ${name} 1.1.0: it has no production traffic yet`,
    );
  });

  it('sets its flags at once after the last approval, when it is a release by flag', () => {
    const plan = planWith({ strategy: 'flag', steps: [flagOn('bonus')], approvalsRequired: 1 });
    const decision = ReleaseDriver.in('awaiting-approval', plan).decide(byAnna);
    expect(typesOf(decision)).toEqual(['release.approved', 'rollout.started', 'rollout.step']);
    expect(kindsOf(decision)).toEqual(['set-flag']);
  });

  it('sets no flag before the end of a freeze, although it is approved', () => {
    const plan = planWith({ strategy: 'flag', steps: [flagOn('bonus')], approvalsRequired: 1 });
    const release = ReleaseDriver.in('awaiting-approval', plan).send(freeze());
    expect(typesOf(release.decide(byAnna))).toEqual(['release.approved', 'rollout.waiting']);
    expect(kindsOf(release.decide(THAW))).toEqual(['set-flag']);
  });
});
