import type { SubjectId } from '@croupier/contracts';
import { allAtOnceSteps, flagSteps, type ReleasePlan } from '@croupier/rollout';
import { LOOK, releaseId } from '../../test/release-plan';
import { command, inPhase, inStep, queued, told } from '../../test/stored-releases';
import type { StoredRelease } from '../ports/release-store';
import { candidates, nextInLine, startOrPass, subjectOf, superseded, withinRoom, type Turn } from './queue';

let count = 0;

function numbered(plan: Partial<ReleasePlan>): Partial<ReleasePlan> {
  count += 1;
  return { releaseId: releaseId(count), ...plan };
}

function waiting(version: string, plan: Partial<ReleasePlan> = {}): StoredRelease {
  return queued(numbered({ version, ...plan }));
}

function underWay(version: string, plan: Partial<ReleasePlan> = {}): StoredRelease {
  return inStep(1, numbered({ version, ...plan }));
}

const WAY_BACK: Partial<ReleasePlan> = { strategy: 'rollback', steps: allAtOnceSteps() };
const EMERGENCY: Partial<ReleasePlan> = { strategy: 'all-at-once', steps: allAtOnceSteps() };
const BY_FLAG: Partial<ReleasePlan> = { strategy: 'flag', steps: flagSteps(LOOK, ['bonus']) };
const NOBODY: ReadonlySet<string> = new Set();

function versionsOf(releases: readonly StoredRelease[]): string[] {
  return releases.map(({ state }) => state.plan.version);
}

/** What is superseded, and by what. */
function supersededOf(...releases: readonly StoredRelease[]): [version: string, byVersion: string][] {
  return superseded(releases).map(({ release, input }) => {
    if (input.kind !== 'superseded') throw new Error(`It is told ${input.kind}`);
    return [release.state.plan.version, input.byVersion];
  });
}

describe('the next in line', () => {
  const next = (...releases: readonly StoredRelease[]): string[] => versionsOf(nextInLine(releases, NOBODY));

  it('is the lowest version in SemVer order, whichever came first', () => {
    expect(next(waiting('1.10.0'), waiting('1.9.0'), waiting('2.0.0'))).toEqual(['1.9.0']);
    expect(next(waiting('1.2.0'), waiting('1.2.0-rc.1'))).toEqual(['1.2.0-rc.1']);
  });

  it('is what is urgent before everything else', () => {
    expect(next(waiting('1.1.0'), waiting('1.5.0', EMERGENCY))).toEqual(['1.5.0']);
    expect(next(waiting('1.1.0'), waiting('1.2.0', WAY_BACK))).toEqual(['1.2.0']);
    expect(next(waiting('1.6.0', EMERGENCY), waiting('1.5.0', EMERGENCY))).toEqual(['1.5.0']);
  });

  it('is nobody while a release of the subject is under way, paused ones included', () => {
    const canary = underWay('1.1.0');
    expect(next(canary, waiting('1.2.0'))).toEqual([]);
    expect(next(told(canary, command('pause')), waiting('1.2.0'))).toEqual([]);
    expect(next(inPhase('staging', numbered({ version: '1.1.0' })), waiting('1.2.0'))).toEqual([]);
  });

  it('goes ahead while the version before only drains', () => {
    const rolledBack = told(underWay('1.1.0'), command('abort'));
    const promoted = told(underWay('1.1.0'), command('promote'));
    expect(next(rolledBack, waiting('1.2.0'))).toEqual(['1.2.0']);
    expect(next(promoted, waiting('1.2.0'))).toEqual(['1.2.0']);
  });

  it('waits while the traffic of its subject is being dealt anew', () => {
    const release = waiting('1.2.0');
    expect(nextInLine([release], new Set([subjectOf(release)]))).toEqual([]);
    expect(nextInLine([release], new Set(['acme/wallet']))).toEqual([release]);
  });

  it('is one of each subject, and nobody else is waited for', () => {
    const wallet = { game: 'wallet' };
    expect(
      next(underWay('1.1.0'), waiting('1.2.0'), waiting('3.1.0', wallet), waiting('3.0.0', wallet)),
    ).toEqual(['3.0.0']);
    expect(next(waiting('1.2.0'), waiting('3.0.0', { provider: 'zeta' }))).toEqual(['1.2.0', '3.0.0']);
  });
});

describe('what is superseded', () => {
  it.each([
    ['never', { queued: false, active: false }],
    ['queued', { queued: true, active: false }],
    ['active', { queued: true, active: true }],
  ] as const)('by a newer version in the queue, under the mode %s', (superseding, { queued, active }) => {
    const newer = waiting('1.2.0');
    expect(supersededOf(waiting('1.1.0', { superseding }), newer)).toEqual(
      queued ? [['1.1.0', '1.2.0']] : [],
    );
    for (const started of [
      underWay,
      (version: string, plan = {}) => inPhase('testing', numbered({ version, ...plan })),
    ])
      expect(supersededOf(started('1.1.0', { superseding }), newer)).toEqual(
        active ? [['1.1.0', '1.2.0']] : [],
      );
  });

  it('is nothing of another subject, whatever its version', () => {
    expect(supersededOf(waiting('1.1.0'), waiting('1.2.0', { game: 'wallet' }))).toEqual([]);
  });

  it('is not the newer one, nor one that is as new', () => {
    expect(supersededOf(waiting('1.10.0'), waiting('1.9.0'))).toEqual([['1.9.0', '1.10.0']]);
    expect(supersededOf(waiting('1.1.0'), waiting('1.1.0'))).toEqual([]);
  });

  it('is nothing by a newer version that has left the queue', () => {
    expect(supersededOf(waiting('1.1.0'), underWay('1.2.0'))).toEqual([]);
  });

  it('is nothing that has ended', () => {
    const ended = told(underWay('1.1.0'), command('abort'));
    expect(supersededOf(ended, waiting('1.2.0'))).toEqual([]);
    expect(supersededOf(ended, waiting('1.0.0', WAY_BACK))).toEqual([]);
  });

  it.each([
    ['a way back', '1.0.0', WAY_BACK],
    ['an emergency', '1.0.1', EMERGENCY],
  ])('is everything by %s, of any version and under any mode', (_, version, plan) => {
    for (const superseding of ['never', 'queued', 'active'] as const) {
      const urgent = waiting(version, plan);
      expect(supersededOf(waiting('1.2.0', { superseding }), urgent)).toEqual([['1.2.0', version]]);
      expect(supersededOf(underWay('1.2.0', { superseding }), urgent)).toEqual([['1.2.0', version]]);
    }
  });

  it('is no way back and no emergency by a version that can wait', () => {
    const newer = waiting('2.0.0');
    for (const urgent of [
      waiting('1.0.0', WAY_BACK),
      waiting('1.1.0', EMERGENCY),
      inStep(0, numbered({ ...WAY_BACK, version: '0.9.0' })),
      inStep(0, numbered({ ...EMERGENCY, version: '1.1.0' })),
    ])
      expect(superseded([urgent, newer]).map(({ release }) => release)).not.toContain(urgent);
  });

  it('of two that are urgent is the older one alone', () => {
    expect(supersededOf(waiting('1.3.0', EMERGENCY), waiting('1.0.0', WAY_BACK))).toEqual([
      ['1.0.0', '1.3.0'],
    ]);
  });
});

describe('the turn of a release', () => {
  const wallet = (range: string): Partial<ReleasePlan> => ({
    requires: [{ subject: 'acme/wallet' as SubjectId, range }],
  });
  const stable = (versions: Record<string, string>): Map<string, string> => new Map(Object.entries(versions));

  it('begins beside what is stable now, whatever was stable when it was queued', () => {
    expect(startOrPass(waiting('1.3.0'), stable({ 'acme/gold-rush': '1.2.0' }))).toEqual({
      kind: 'start',
      stableVersion: '1.2.0',
      unmet: [],
    });
  });

  it('begins as the first version of a subject that has none', () => {
    expect(startOrPass(waiting('1.0.0'), stable({ 'acme/wallet': '2.0.0' }))).toEqual({
      kind: 'start',
      stableVersion: null,
      unmet: [],
    });
  });

  it('is passed over when a newer version has become stable meanwhile', () => {
    expect(startOrPass(waiting('1.9.0'), stable({ 'acme/gold-rush': '1.10.0' }))).toEqual({
      kind: 'superseded',
      byVersion: '1.10.0',
    });
    expect(startOrPass(waiting('1.2.0', EMERGENCY), stable({ 'acme/gold-rush': '1.3.0' })).kind).toBe(
      'superseded',
    );
  });

  it('begins in the markets that its version is certified in', () => {
    const ground = { markets: ['MT'], from: null };
    const turn = startOrPass(waiting('1.3.0'), stable({ 'acme/gold-rush': '1.2.0' }), ground);
    expect(turn).toMatchObject({ kind: 'start', stableVersion: '1.2.0', markets: ['MT'] });
  });

  it('adds markets to the stable version beside what serves there, and to no other version', () => {
    const adding = waiting('1.2.0', { markets: ['SE'] });
    const ground = { markets: ['SE'], from: '1.1.0' };
    expect(startOrPass(adding, stable({ 'acme/gold-rush': '1.2.0' }), ground)).toMatchObject({
      kind: 'start',
      stableVersion: '1.1.0',
    });
    expect(startOrPass(adding, stable({ 'acme/gold-rush': '1.1.0' }), ground).kind).toBe('superseded');
  });

  it('begins with an older version when that is the point: as a way back, and behind flags', () => {
    for (const plan of [WAY_BACK, BY_FLAG])
      expect(startOrPass(waiting('1.0.0', plan), stable({ 'acme/gold-rush': '1.3.0' })).kind).toBe('start');
  });

  it.each([
    ['>=2.3.0', '2.3.0', true],
    ['>=2.3.0 <3', '2.10.1', true],
    ['^2.3.0', '3.0.0', false],
    ['~2.3.0', '2.4.0', false],
    ['>=2.3.0', '2.2.9', false],
    // As npm: a prerelease answers only to a range that names one of the same version.
    ['>=2.3.0', '2.4.0-rc.1', false],
    ['>=2.4.0-rc.0', '2.4.0-rc.1', true],
  ])('finds the requirement %s, with %s stable, met: %s', (range, present, isMet) => {
    const turn = startOrPass(
      waiting('1.1.0', wallet(range)),
      stable({ 'acme/gold-rush': '1.0.0', 'acme/wallet': present }),
    );
    const unmet = isMet ? [] : [{ subject: 'acme/wallet', range, present }];
    expect(turn).toEqual({ kind: 'start', stableVersion: '1.0.0', unmet });
  });

  it('finds a requirement unmet by a module of which nothing is stable', () => {
    expect(startOrPass(waiting('1.1.0', wallet('>=1.0.0')), stable({}))).toMatchObject({
      unmet: [{ subject: 'acme/wallet', range: '>=1.0.0', present: null }],
    });
  });

  it('names every requirement that is not met, and no other', () => {
    const requires = ['acme/wallet', 'acme/bonus', 'acme/jackpot'].map((subject) => ({
      subject: subject as SubjectId,
      range: '^2.0.0',
    }));
    const turn = startOrPass(
      waiting('1.1.0', { requires }),
      stable({ 'acme/wallet': '1.0.0', 'acme/bonus': '2.1.0' }),
    );
    expect(turn).toMatchObject({
      unmet: [
        { subject: 'acme/wallet', present: '1.0.0' },
        { subject: 'acme/jackpot', present: null },
      ],
    });
  });
});

describe('room to start', () => {
  const unmet = [{ subject: 'acme/wallet', range: '^2.0.0', present: null }];
  const stuckAt = (release: StoredRelease): StoredRelease =>
    told(release, { kind: 'start', stableVersion: '1.0.0', unmet });
  const start = (release: StoredRelease, missing: typeof unmet = []): Turn => ({
    release,
    input: { kind: 'start', stableVersion: '1.0.0', unmet: missing },
  });

  it('is given in line', () => {
    const inLine = [waiting('1.1.0'), waiting('1.2.0'), waiting('1.3.0')];
    expect(candidates(inLine, 2)).toEqual(inLine.slice(0, 2));
    expect(candidates(inLine, 0)).toEqual([]);
    expect(
      withinRoom(
        inLine.map((release) => start(release)),
        2,
      ),
    ).toEqual(inLine.slice(0, 2).map((release) => start(release)));
  });

  it('is not taken by those that wait for others, who are asked every time', () => {
    const [stuck, next, last] = [stuckAt(waiting('1.1.0')), waiting('1.2.0'), waiting('1.3.0')];
    expect(candidates([stuck, next, last], 1)).toEqual([stuck, next]);
    const turns = [start(stuck, unmet), start(next)];
    expect(withinRoom(turns, 1)).toEqual(turns);
  });

  it('is taken by those that have waited once they can begin: they must not begin all at once', () => {
    const waited = ['1.1.0', '1.2.0', '1.3.0'].map((version) => stuckAt(waiting(version)));
    expect(candidates(waited, 1)).toEqual(waited);
    expect(
      withinRoom(
        waited.map((release) => start(release)),
        1,
      ),
    ).toEqual([start(waited[0]!)]);
  });

  it('is not needed by a way back nor by an emergency', () => {
    const urgent = [waiting('1.1.0', WAY_BACK), waiting('1.2.0', EMERGENCY)];
    expect(candidates(urgent, 0)).toEqual(urgent);
    expect(
      withinRoom(
        urgent.map((release) => start(release)),
        0,
      ),
    ).toHaveLength(2);
  });

  it('is not needed to be passed over', () => {
    const passed: Turn = { release: waiting('1.1.0'), input: { kind: 'superseded', byVersion: '1.2.0' } };
    expect(withinRoom([passed], 0)).toEqual([passed]);
  });
});
