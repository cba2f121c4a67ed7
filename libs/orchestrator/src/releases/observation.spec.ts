import { wakeAt, type Freeze } from '@croupier/rollout';
import { LOOK } from '../../test/release-plan';
import { command, inPhase, inStep, judged, NOW, queued, ROUTED, told } from '../../test/stored-releases';
import type { StoredRelease } from '../ports/release-store';
import { isDue, tellingsOf, type Sight } from './observation';

const WEEKEND: Freeze = { name: 'weekend', until: NOW + 60_000 };
const { stepRoutingVersion: CURRENT } = ROUTED;

function kindsOf(release: StoredRelease, sight: Partial<Sight>): string[] {
  const nothing: Sight = { now: NOW, freeze: null, routedEverywhere: null, judged: null };
  return tellingsOf(release, { ...nothing, ...sight }).map(({ kind }) => kind);
}

function frozen(release: StoredRelease): StoredRelease {
  return told(release, { kind: 'freeze', freeze: WEEKEND });
}

describe('what a release is told of what is seen', () => {
  it('is nothing when nothing has changed', () => {
    for (const release of [queued(), inPhase('testing'), inStep(0), inStep(1)])
      expect(kindsOf(release, {})).toEqual([]);
  });

  it('is a freeze that begins, once, and its end', () => {
    expect(kindsOf(queued(), { freeze: WEEKEND })).toEqual(['freeze']);
    expect(kindsOf(frozen(queued()), { freeze: WEEKEND })).toEqual([]);
    expect(kindsOf(frozen(queued()), { freeze: null })).toEqual(['freeze']);
  });

  it('is no freeze once it has ended', () => {
    expect(kindsOf(told(inStep(1), command('abort')), { freeze: WEEKEND })).toEqual([]);
  });

  it('is its weight, when every live gateway deals by the snapshot that carries it', () => {
    const release = inStep(0);
    expect(kindsOf(release, { routedEverywhere: CURRENT })).toEqual(['weightConfirmed']);
    expect(kindsOf(release, { routedEverywhere: CURRENT + 5 })).toEqual(['weightConfirmed']);
    expect(kindsOf(release, { routedEverywhere: CURRENT - 1 })).toEqual([]);
    expect(kindsOf(release, { routedEverywhere: null })).toEqual([]);
  });

  it('is no weight that is not dealt yet, whatever the gateways deal by', () => {
    expect(kindsOf(inStep(0, {}, { stepRoutingVersion: null }), { routedEverywhere: 99 })).toEqual([]);
  });

  it('is no weight that it knows to be confirmed', () => {
    expect(kindsOf(inStep(1), { routedEverywhere: CURRENT })).toEqual([]);
  });

  it('is the end of its traffic, when every live gateway deals by it', () => {
    for (const ending of ['abort', 'promote'] as const) {
      const ended = told(inStep(1), command(ending));
      expect(kindsOf(ended, { routedEverywhere: CURRENT })).toEqual(['weightConfirmed']);
      const unrouted = { ...ended, stepRoutingVersion: null };
      expect(kindsOf(unrouted, { routedEverywhere: 99 })).toEqual([]);
    }
  });

  it('is no verdict that raises a weight while no gateway lives to see it', () => {
    expect(kindsOf(inStep(1), { judged: judged('healthy', 1), routedEverywhere: null })).toEqual([]);
    expect(kindsOf(inStep(1), { judged: judged('breached', 1), routedEverywhere: null })).toEqual(['judged']);
  });

  it('is a verdict that decides something', () => {
    const release = inStep(1);
    const routedEverywhere = CURRENT;
    expect(kindsOf(release, { judged: judged('healthy', 1), routedEverywhere })).toEqual(['judged']);
    expect(kindsOf(release, { judged: judged('breached', 1) })).toEqual(['judged']);
    expect(kindsOf(release, { judged: judged('undecided', 1) })).toEqual([]);
    expect(kindsOf(release, { judged: judged('no-telemetry', 1) })).toEqual([]);
  });

  it('is a tick when its time has come, and not before', () => {
    const release = inPhase('testing');
    const deadline = wakeAt(release.state)!;
    expect(kindsOf(release, { now: deadline - 1 })).toEqual([]);
    expect(kindsOf(release, { now: deadline })).toEqual(['tick']);
  });

  it('is each on top of the one before: what the first has settled, the others do not tell again', () => {
    const release = inStep(1);
    const late = { now: NOW + LOOK.deadlineMs };
    // Held at the deadline by the verdict, so that the tick has nothing to add.
    expect(kindsOf(release, { ...late, judged: judged('undecided', 1) })).toEqual(['judged']);
    expect(kindsOf(release, late)).toEqual(['tick']);
    // Rolled back by the verdict.
    expect(kindsOf(release, { ...late, judged: judged('breached', 1) })).toEqual(['judged']);
  });

  it('is the freeze before anything that it holds back', () => {
    const sight = { freeze: WEEKEND, judged: judged('healthy', 1) };
    expect(kindsOf(inStep(1), sight)).toEqual(['freeze', 'judged']);
    const [first, second] = tellingsOf(inStep(1), { now: NOW, routedEverywhere: null, ...sight });
    expect(told(inStep(1), first!, second!).state.phase).toMatchObject({ stepIndex: 1, passed: true });
  });

  it('is a breach also in the moment in which its weight is confirmed', () => {
    const sight = { routedEverywhere: CURRENT, judged: judged('breached', 0) };
    expect(kindsOf(inStep(0), sight)).toEqual(['weightConfirmed', 'judged']);
  });
});

describe('a release is due', () => {
  it('as long as it waits for the gateways', () => {
    expect(isDue(inStep(0), NOW)).toBe(true);
    expect(isDue(told(inStep(1), command('abort')), NOW)).toBe(true);
    expect(isDue(told(inStep(1), command('promote')), NOW)).toBe(true);
  });

  it('when its time has come', () => {
    const release = inPhase('staging');
    const deadline = wakeAt(release.state)!;
    expect(isDue(release, deadline - 1)).toBe(false);
    expect(isDue(release, deadline)).toBe(true);
  });

  it('when its drain is over', () => {
    const release = told(inStep(1), command('abort'), { kind: 'weightConfirmed', stepIndex: null });
    expect(isDue(release, NOW)).toBe(false);
    expect(isDue(release, wakeAt(release.state)!)).toBe(true);
  });

  it('never by itself when only news can move it', () => {
    const paused = told(inStep(1), command('pause'));
    for (const release of [queued(), paused, told(queued(), command('abort'))])
      expect(isDue(release, NOW + 1e9)).toBe(false);
  });
});
