import { command, judged, planWith, ReleaseDriver, TO_TRAFFIC } from '../test/release-driver';
import { summary } from './summary';

function story(release: ReleaseDriver): string[] {
  return release.events.map(summary);
}

describe('the timeline of a release', () => {
  it('reads as sentences with figures from the queue to the next step', () => {
    expect(story(ReleaseDriver.inSteadyTraffic().send(judged('healthy', 0)))).toEqual([
      '1.1.0 is queued for release.',
      'The release of 1.1.0 has started, with 1.0.0 as stable; deploying it on staging.',
      '1.1.0 runs on staging; testing it there.',
      '1.1.0 passed 4 checks on staging: health, deposit, spin, withdrawal.',
      '1.1.0 is proven on staging; its migrations may be applied.',
      'The migrations of 1.1.0 are applied (1 script); deploying it in production.',
      'The production workload of 1.1.0 is ready at http://127.0.0.1:5000.',
      'The rollout of 1.1.0 has started, against 1.0.0.',
      'Step 1 of 3: the weight of 1.1.0 is set to 5 %.',
      'Every live gateway deals 5 % to 1.1.0.',
      '1.1.0 is healthy (step 1 of 3, 5 %) after 1,000 requests in 1 s; errors 31 of 1,024 (3.03 %, limit 1 %).',
      'Step 2 of 3: the weight of 1.1.0 is set to 50 %.',
    ]);
  });

  it('tells a hold, a rollback, the switch and the retirement', () => {
    const release = ReleaseDriver.inSteadyTraffic()
      .pass(60_000)
      .send(judged('undecided', 0), judged('breached', 0));
    release.send({ kind: 'weightConfirmed', weightPercent: 0 }).pass(30_000);
    release.send({ kind: 'tick' }, { kind: 'retired', version: '1.1.0' });
    expect(story(release).slice(10)).toEqual([
      '1.1.0 is held at 5 %, inconclusive at the deadline after 1,000 requests: it is undecided; errors 31 of 1,024 (3.03 %, limit 1 %).',
      '1.1.0 is rolled back from 5 % to 0 %: it is breached; errors 31 of 1,024 (3.03 %, limit 1 %); 1.0.0 keeps all traffic.',
      'Every live gateway deals 0 % to 1.1.0.',
      'The drain is over; the workload of 1.1.0 is being stopped.',
      'The workload of 1.1.0 is stopped.',
    ]);
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

  it('tells what failed and how the release ended, with one full stop', () => {
    const tested = new ReleaseDriver().send(...TO_TRAFFIC.slice(0, 2));
    expect(story(tested.send({ kind: 'testsFailed', reason: 'spin answered 500.\n' })).slice(-2)).toEqual([
      '1.1.0 failed its tests on staging: spin answered 500.',
      'The release of 1.1.0 failed before any traffic: the staging tests failed: spin answered 500.',
    ]);
    const migrated = new ReleaseDriver().send(...TO_TRAFFIC.slice(0, 3));
    expect(story(migrated.send({ kind: 'migrationFailed', reason: 'lock timeout' })).at(-2)).toBe(
      'The migrations of 1.1.0 failed: lock timeout.',
    );
    const crashed = ReleaseDriver.inTraffic().send({ kind: 'workloadFailed', reason: 'exit 1' });
    expect(story(crashed).slice(-2)).toEqual([
      'The production workload of 1.1.0 failed: exit 1.',
      '1.1.0 is rolled back from 5 % to 0 %: the workload failed: exit 1; 1.0.0 keeps all traffic.',
    ]);
  });

  it('tells that a first version is the first', () => {
    const release = new ReleaseDriver(planWith({ stableVersion: null }));
    release.send({ kind: 'start', stableVersion: null }, ...TO_TRAFFIC.slice(1));
    expect(story(release).slice(1, 2)).toEqual([
      'The release of 1.1.0 has started, with no version yet as stable; deploying it on staging.',
    ]);
    expect(story(release).slice(-2)).toEqual([
      'The rollout of 1.1.0 has started, as the first version.',
      '1.1.0 is promoted to 100 %: there is no stable version to compare with.',
    ]);
  });
});
