import { kindsOf } from '../test/release-driver';
import { always, eventually, must } from '../test/properties';
import { decide } from './decide';
import type { RolloutEvent } from './event';
import { replay } from './evolve';
import { isActive, isEnded, statusOf, wakeAt } from './standing';
import { summary } from './summary';

describe('whatever happens, in whatever order', () => {
  it('what has ended stays ended', () => {
    always(({ before, after }) => {
      must(!isEnded(before) || after.phase.kind === before.phase.kind, `${before.phase.kind} did not last`);
    });
  });

  it('the events replayed, even through JSON, are the live state', () => {
    eventually((release) => {
      expect(replay(release.events)).toEqual(release.state);
      expect(replay(JSON.parse(JSON.stringify(release.events)) as RolloutEvent[])).toEqual(release.state);
    });
  });

  it('an input repeated at once changes nothing more', () => {
    always(({ before, after, input }, release) => {
      // A tick that ends the release is followed at once by the one that ends a drain of no time.
      if (input.kind === 'tick' && isEnded(after) && !isEnded(before) && after.plan.drainMs === 0) return;
      const { events, effects } = decide(after, input, release.now);
      must(events.length === 0 && effects.length === 0, `${input.kind} counted twice`);
    });
  });

  it('the whole story told again after the end changes nothing but the confirmation and the drain', () => {
    eventually((release) => {
      if (!isEnded(release.state)) return;
      const { kind } = release.state.phase;
      for (const input of [...release.inputs])
        for (const event of release.decide(input).events)
          expect(event.type).toMatch(/^(weight\.confirmed|workload\.retiring|workload\.retired)$/);
      expect(release.state.phase.kind).toBe(kind);
    });
  });

  it('every effect comes with an event, and its key never comes twice', () => {
    always(({ events, effects }, release) => {
      must(events.length > 0 || effects.length === 0, 'an effect came without an event');
      const keys = release.effects.map((effect) => effect.key);
      must(new Set(keys).size === keys.length, 'a key came twice');
    });
  });

  it('a tick does something exactly when its time has come', () => {
    always(({ after }, release) => {
      const wake = wakeAt(after);
      const { events } = decide(after, { kind: 'tick' }, release.now);
      const due = wake !== null && release.now >= wake;
      must(events.length > 0 === due, `due is ${due}, but there are ${events.length} events`);
    });
  });

  it('a tick at the very time it is asked for does something', () => {
    always(({ after }) => {
      const wake = wakeAt(after);
      if (wake === null) return;
      must(decide(after, { kind: 'tick' }, wake).events.length > 0, 'the tick was of no use');
      must(kindsOf(decide(after, { kind: 'tick' }, wake - 1)).length === 0, 'the tick came too early');
    });
  });

  it('a command is followed or refused, and nothing else is ever refused', () => {
    always(({ before, input }, release) => {
      const { events, refusal } = decide(before, input, release.now);
      const refused = refusal !== undefined;
      must(
        refused === (input.kind === 'command' && events.length === 0),
        `${input.kind}: ${refusal?.reason}`,
      );
    });
  });

  it('only a started release that has not ended holds its subject’s slot', () => {
    always(({ after }) => {
      const running = statusOf(after) !== 'queued' && !isEnded(after);
      must(isActive(after) === running, `${statusOf(after)} is told as active: ${isActive(after)}`);
    });
  });

  it('decide leaves the state as it was', () => {
    always(({ before, input }, release) => {
      const copy = JSON.stringify(before);
      decide(before, input, release.now);
      must(JSON.stringify(before) === copy, `${input.kind} changed the state`);
    });
  });

  it('every event has its sentence', () => {
    eventually((release) => {
      for (const event of release.events) must(/^[^\n]+[^.]\.$/.test(summary(event)), summary(event));
    });
  });
});
