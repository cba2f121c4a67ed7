import { ReleaseDriver } from '../test/release-driver';
import { flagOn, LOOK, pauseFor, planWith, PREVIEW, weightOf } from '../test/release-plan';
import {
  command,
  confirmed,
  freeze,
  judged,
  start,
  SUPERSEDED,
  THAW,
  TICK,
  WALLET,
} from '../test/rollout-inputs';
import { allAtOnceSteps, flagSteps } from './steps/presets';
import { summary } from './summary';

function story(release: ReleaseDriver): string[] {
  return release.events.map(summary);
}

describe('the timeline of a release', () => {
  it('reads as sentences with figures from the queue to the next weight', () => {
    const release = ReleaseDriver.inTraffic().send(confirmed(0)).pass(1_000).send(judged('healthy', 1));
    expect(story(release)).toEqual([
      '1.1.0 is queued for release (canary).',
      'The release of 1.1.0 has started, with 1.0.0 as stable; deploying it on staging.',
      '1.1.0 runs on staging; testing it there.',
      '1.1.0 passed 4 checks on staging: health, deposit, spin, withdrawal.',
      '1.1.0 is proven on staging; its migrations may be applied.',
      'The migrations of 1.1.0 are applied (1 script); deploying it in production.',
      'The production workload of 1.1.0 is ready at http://127.0.0.1:5000.',
      'The rollout of 1.1.0 has started, against 1.0.0.',
      'Step 1 of 6: the weight of 1.1.0 is set to 5 %.',
      'Every live gateway deals 5 % to 1.1.0.',
      'Step 2 of 6: 1.1.0 is judged at 5 %.',
      '1.1.0 is healthy (step 2 of 6, 5 %) after 1,000 requests in 1 s; errors 31 of 1,024 (3.03 %, limit 1 %).',
      'Step 3 of 6: the weight of 1.1.0 is set to 50 %.',
    ]);
  });

  it('tells a hold, a rollback, the switch and the retirement', () => {
    const release = ReleaseDriver.inStep(1).pass(60_000);
    release.send(judged('undecided', 1), judged('breached', 1), confirmed(null)).pass(30_000);
    release.send(TICK, { kind: 'retired', version: '1.1.0' });
    expect(story(release).slice(11)).toEqual([
      '1.1.0 is held at 5 %, inconclusive at the deadline after 1,000 requests: it is undecided; errors 31 of 1,024 (3.03 %, limit 1 %).',
      '1.1.0 is rolled back from 5 % to 0 %: it is breached; errors 31 of 1,024 (3.03 %, limit 1 %); 1.0.0 keeps all traffic.',
      'Every live gateway deals 0 % to 1.1.0.',
      'The drain is over; the workload of 1.1.0 is being stopped.',
      'The workload of 1.1.0 is stopped.',
    ]);
  });

  it('tells of copies beside a weight', () => {
    const mirrored = { kind: 'setWeight', weightPercent: 5, markets: null, mirrorPercent: 20 } as const;
    const release = ReleaseDriver.inTraffic(planWith({ steps: [mirrored, weightOf(100)] }));
    expect(story(release).at(-1)).toBe(
      'Step 1 of 2: the weight of 1.1.0 is set to 5 %, and requests of another 20 % are copied to it.',
    );
  });

  it('tells an incident with its figures', () => {
    const release = ReleaseDriver.inStep(1).send(judged('incident', 1));
    expect(story(release).at(-1)).toBe(
      'An incident hits stable and canary alike, 1.1.0 stays at 5 %: it is incident; errors 31 of 1,024 (3.03 %, limit 1 %).',
    );
  });

  it('names the operator who did it and why', () => {
    const release = ReleaseDriver.inTraffic().send(command('pause'), command('resume'), command('promote'));
    expect(story(release).slice(-3)).toEqual([
      '1.1.0 is paused at 5 % by anna: incident 42.',
      '1.1.0 is resumed at 5 % by anna: incident 42.',
      '1.1.0 is promoted by anna to 100 % in place of 1.0.0: incident 42.',
    ]);
    expect(story(ReleaseDriver.inTraffic().send(command('abort'))).at(-1)).toBe(
      '1.1.0 is rolled back by anna from 5 % to 0 %: incident 42; 1.0.0 keeps all traffic.',
    );
    expect(story(new ReleaseDriver().send(command('abort'))).at(-1)).toBe(
      'The release of 1.1.0 was aborted by anna before any traffic: incident 42.',
    );
  });

  it('tells who has approved the release, and who has not', () => {
    const release = ReleaseDriver.in('awaiting-approval', planWith({ approvalsRequired: 2 }));
    release.send(command('approve'), command('reject', { actor: 'ben', reason: 'not today.' }));
    expect(story(release).slice(-3)).toEqual([
      '1.1.0 waits for 2 approvals.',
      '1.1.0 is approved by anna (1 of 2): incident 42.',
      'The release of 1.1.0 was aborted by ben before any traffic: it is not approved: not today.',
    ]);
  });

  it('tells each kind of step, and how it was passed', () => {
    const steps = [PREVIEW, pauseFor(1_000), pauseFor(null), flagOn('bonus'), weightOf(100, ['MT', 'SE'])];
    const release = ReleaseDriver.inStep(4, planWith({ steps: [...steps, weightOf(100)] }));
    expect(story(release.send(command('skip'))).slice(8)).toEqual([
      'Step 1 of 6: 1.1.0 is checked without traffic.',
      '1.1.0 passes (step 1 of 6, 0 %) after 1 s: it answers without traffic: health, spin.',
      'Step 2 of 6: 1.1.0 waits for 1 s.',
      '1.1.0 passes (step 2 of 6, 0 %) after 1 s: the pause is over.',
      'Step 3 of 6: 1.1.0 waits for an approval.',
      'Step 3 of 6 of 1.1.0 is approved by anna: incident 42.',
      'Step 4 of 6: the flag bonus is turned on.',
      'The flag bonus is on for the rollout of 1.1.0.',
      'Step 5 of 6: the weight of 1.1.0 is set to 100 % in MT, SE.',
      'Step 5 of 6 of 1.1.0 is skipped by anna: incident 42.',
      'Step 6 of 6: the weight of 1.1.0 is set to 100 %.',
    ]);
  });

  it('tells a flag that is turned off', () => {
    const steps = [{ kind: 'setFlag', flag: 'bonus', enabled: false } as const];
    const release = ReleaseDriver.inTraffic(planWith({ strategy: 'flag', steps })).finish();
    expect(story(release).slice(3, 5)).toEqual([
      'Step 1 of 1: the flag bonus is turned off.',
      'The flag bonus is off for the rollout of 1.1.0.',
    ]);
  });

  it('tells a freeze, what waits for it, and its end', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(freeze(), judged('healthy', 1), THAW);
    expect(story(release).slice(11)).toEqual([
      '1.1.0 gets no new traffic until 2026-03-02 06:00 UTC: weekend.',
      expect.stringContaining('1.1.0 is healthy'),
      'The next step of 1.1.0 waits until 2026-03-02 06:00 UTC: weekend.',
      'The freeze is over: 1.1.0 may go on.',
      'Step 3 of 6: the weight of 1.1.0 is set to 50 %.',
    ]);
  });

  it('tells what the release waits for in the queue', () => {
    expect(story(new ReleaseDriver().send(start('1.0.0', WALLET))).at(-1)).toBe(
      '1.1.0 waits for acme/wallet >=2.3.0 (2.2.0 is stable).',
    );
  });

  it('tells how a release begins that needs no staging', () => {
    const back = new ReleaseDriver(planWith({ strategy: 'rollback', steps: allAtOnceSteps() })).send(start());
    expect(story(back).at(-1)).toBe(
      'The release of 1.1.0 has started, with 1.0.0 as stable; deploying it in production.',
    );
    const byFlag = planWith({ strategy: 'flag', steps: flagSteps(LOOK, ['bonus']) });
    expect(story(new ReleaseDriver(byFlag).send(start()))[1]).toBe(
      'The release of 1.1.0 has started, with 1.0.0 as stable; it runs already.',
    );
  });

  it('tells what failed and how the release ended, with one full stop', () => {
    const tested = ReleaseDriver.in('testing').send({ kind: 'testsFailed', reason: 'spin answered 500.\n' });
    expect(story(tested).slice(-2)).toEqual([
      '1.1.0 failed its tests on staging: spin answered 500.',
      'The release of 1.1.0 failed before any traffic: the staging tests failed: spin answered 500.',
    ]);
    const migrated = ReleaseDriver.in('migrating').send({ kind: 'migrationFailed', reason: 'lock timeout' });
    expect(story(migrated).at(-2)).toBe('The migrations of 1.1.0 failed: lock timeout.');
    const crashed = ReleaseDriver.inTraffic().send({ kind: 'workloadFailed', reason: 'exit 1' });
    expect(story(crashed).slice(-2)).toEqual([
      'The production workload of 1.1.0 failed: exit 1.',
      '1.1.0 is rolled back from 5 % to 0 %: the workload failed: exit 1; 1.0.0 keeps all traffic.',
    ]);
  });

  it('tells no fall of a version that had no traffic yet', () => {
    const release = ReleaseDriver.inTraffic(planWith({ steps: [PREVIEW, weightOf(100)] })).send(SUPERSEDED);
    expect(story(release).at(-1)).toBe(
      '1.1.0 is rolled back: it is superseded by 1.2.0; 1.0.0 keeps all traffic.',
    );
  });

  it('tells that a first version is the first', () => {
    const release = ReleaseDriver.in('promoted', planWith({ stableVersion: null }));
    expect(story(release)[1]).toBe(
      'The release of 1.1.0 has started, with no version yet as stable; deploying it on staging.',
    );
    expect(story(release).slice(-2)).toEqual([
      'The rollout of 1.1.0 has started, as the first version.',
      '1.1.0 is promoted to 100 %: there is no stable version to compare with.',
    ]);
  });
});
