import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { flagOn, planWith } from '../test/release-plan';
import { command, freeze, THAW, TICK } from '../test/rollout-inputs';
import { wakeAt } from './standing';

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

  it('takes no approval of who has ordered it', () => {
    const release = ReleaseDriver.in('awaiting-approval', { ...TWO_EYES, orderedBy: 'anna' });
    expect(release.decide(byAnna).refusal?.reason).toMatch('anna has ordered it');
    expect(typesOf(release.decide(byBen))).toEqual(['release.approved']);
  });

  it('knows who has ordered or approved it whatever token they come with, and however that writes the name', () => {
    const release = ReleaseDriver.in('awaiting-approval', { ...TWO_EYES, orderedBy: 'Anna@acme.example' });
    const approve = (actor: string) => release.decide(command('approve', { actor })).refusal?.reason;
    expect(approve('anna@acme.example')).toMatch('has ordered it');
    release.send(byBen);
    expect(approve('BEN')).toMatch('has approved it already');
  });

  it('takes no approval of another digest than its own', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES);
    const other = '0'.repeat(64);
    expect(release.decide(command('approve', { digest: other })).refusal?.reason).toMatch(`not ${other}`);
    const same = command('approve', { digest: TWO_EYES.digest });
    expect(typesOf(release.decide(same))).toEqual(['release.approved']);
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

  it('fails once the time for its approvals is over, whatever has been said by then', () => {
    const plan = { ...TWO_EYES, approvalExpiresAfterMs: 60_000 };
    const release = ReleaseDriver.in('awaiting-approval', plan).send(byAnna);
    const expiresAt = release.now + 60_000;
    expect(release.events.find(({ type }) => type === 'approval.requested')).toMatchObject({ expiresAt });
    expect(wakeAt(release.state)).toBe(expiresAt);
    expect(typesOf(release.pass(59_999).decide(TICK))).toEqual([]);
    expect(release.pass(1).decide(byBen).refusal?.reason).toMatch('the request for it has expired');
    expect(release.decide(command('override')).refusal?.reason).toMatch('has expired');
    expect(release.decide(TICK).events).toEqual([
      expect.objectContaining({
        type: 'release.failed',
        actor: null,
        reason: 'the request for approval has expired with 1 of 2 approvals',
      }),
    ]);
  });

  it('without such a time has all that it needs, and can be aborted', () => {
    const release = ReleaseDriver.in('awaiting-approval', TWO_EYES).pass(1_000_000_000);
    expect(release.decide(TICK)).toEqual({ events: [], effects: [] });
    expect(typesOf(release.decide(command('abort')))).toEqual(['release.failed']);
  });

  it('goes on at once when somebody overrides it, with who it was, why, and what lacked', () => {
    const release = ReleaseDriver.in('awaiting-approval', { ...TWO_EYES, orderedBy: 'anna' }).send(byBen);
    const other = command('override', { digest: '0'.repeat(64) });
    expect(release.decide(other).refusal?.reason).toMatch('its digest is');
    const decision = release.decide(command('override'));
    expect(decision.events).toEqual([
      expect.objectContaining({
        ...{ type: 'approval.overridden', actor: 'anna', reason: 'incident 42', digest: TWO_EYES.digest },
        ...{ given: 1, required: 2, stepIndex: null },
      }),
      expect.objectContaining({ type: 'release.staged' }),
    ]);
    expect(kindsOf(decision)).toEqual(['request-migration']);
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
