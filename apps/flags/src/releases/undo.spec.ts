import fc from 'fast-check';
import { undoOf, type Switch } from './undo';

const RELEASE = '5a7f3f0e-6a51-4d9c-9a54-0c6f3c0f8a01';
const OTHER = '5a7f3f0e-6a51-4d9c-9a54-0c6f3c0f8a02';

describe('taking back what a release did to a flag', () => {
  it('turns a flag off that the release had turned on, and on that it had turned off', () => {
    expect(undoOf([by(RELEASE, true)], RELEASE)).toEqual({ kind: 'set', enabled: false });
    expect(undoOf([by(null, true), by(RELEASE, false)], RELEASE)).toEqual({ kind: 'set', enabled: true });
  });

  it('goes back to before the first of several steps', () => {
    const switches = [by(RELEASE, true), by(RELEASE, false), by(RELEASE, true)];
    expect(undoOf(switches, RELEASE)).toEqual({ kind: 'set', enabled: false });
  });

  it('does nothing to a flag that it never changed', () => {
    expect(undoOf([], RELEASE)).toEqual({ kind: 'nothing' });
    expect(undoOf([by(OTHER, true)], RELEASE)).toEqual({ kind: 'nothing' });
  });

  it('leaves the last word to whoever has changed the flag since', () => {
    const since = by(null, false);
    expect(undoOf([by(RELEASE, true), since], RELEASE)).toEqual({ kind: 'leave', because: since });
  });

  it('goes back to what somebody made of it between two steps', () => {
    const switches = [by(RELEASE, true), by(null, false), by(RELEASE, true)];
    expect(undoOf(switches, RELEASE)).toEqual({ kind: 'set', enabled: false });
  });

  it('never changes what the release has not, and always ends where others left it or where it began', () => {
    const authors = fc.array(fc.constantFrom(null, RELEASE, OTHER), { maxLength: 12 });
    fc.assert(
      fc.property(fc.boolean(), authors, (first, releaseIds) => {
        let state = first;
        const switches = releaseIds.map((releaseId) => by(releaseId, (state = !state)));
        const undo = undoOf(switches, RELEASE);
        const lastOther = switches.filter(({ releaseId }) => releaseId !== RELEASE).at(-1);
        const expected = lastOther?.after ?? first;
        if (undo.kind === 'set') expect(undo.enabled).toBe(expected);
        else expect(state).toBe(expected);
      }),
    );
  });
});

function by(releaseId: string | null, after: boolean): Switch {
  return { environment: 'production', before: !after, after, author: 'ann', reason: 'for a test', releaseId };
}
