import { stagesOf } from './stages';

const entry = (type: string, data: object = {}) => ({ type, data });
const names = (timeline: Parameters<typeof stagesOf>[0]) =>
  stagesOf(timeline).map(({ name, entries }) => [name, ...entries.map(({ type }) => type)]);

const BEFORE_TRAFFIC = [
  entry('release.queued'),
  entry('release.waiting'),
  entry('release.started', { leadsTo: 'staging' }),
  entry('staging.deployed'),
  entry('tests.passed'),
  entry('release.staged'),
  entry('migration.applied'),
  entry('workload.ready'),
];

describe('the stages of a release', () => {
  it('have what begins them as their first entry, and the outcome of one as its last', () => {
    expect(names(BEFORE_TRAFFIC)).toEqual([
      ['queue', 'release.queued', 'release.waiting'],
      ['staging', 'release.started', 'staging.deployed'],
      ['tests', 'tests.passed'],
      ['migration', 'release.staged', 'migration.applied'],
      ['deployment', 'workload.ready'],
    ]);
  });

  it('are one for each step, and one for the end with what follows from it', () => {
    const step = { stepIndex: 0, stepCount: 2, step: { kind: 'setWeight' } };
    const rollout = [
      entry('rollout.step', step),
      entry('weight.confirmed'),
      entry('rollout.rolled_back'),
      entry('weight.confirmed'),
    ];
    expect(names([...BEFORE_TRAFFIC, ...rollout]).slice(-2)).toEqual([
      ['step 1 of 2: setWeight', 'rollout.step', 'weight.confirmed'],
      ['rollback', 'rollout.rolled_back', 'weight.confirmed'],
    ]);
  });

  it('begin with the deployment when staging is left out, and with neither for a flag', () => {
    const begun = (leadsTo: string) =>
      names([entry('release.queued'), entry('release.started', { leadsTo })]).map(([name]) => name);
    expect(begun('deploying')).toEqual(['queue', 'deployment']);
    expect(begun('traffic')).toEqual(['queue']);
  });

  it('are named by what a timeline begins with, even when its beginning is not given', () => {
    expect(names([entry('workload.retired')])).toEqual([['queue', 'workload.retired']]);
  });
});
