import type { ToggleChange } from '../toggles/toggle';
import { undoOf } from './undo';

const RELEASE = '5a7f3f0e-6a51-4d9c-9a54-0c6f3c0f8a01';
const OTHER = '5a7f3f0e-6a51-4d9c-9a54-0c6f3c0f8a02';

describe('undoing what a release did to a flag', () => {
  it('turns a flag off that the release had turned on', () => {
    expect(undoOf(changeBy(RELEASE), RELEASE)).toBe(false);
  });

  it('leaves a flag alone that nobody ever changed', () => {
    expect(undoOf(undefined, RELEASE)).toBeUndefined();
  });

  it('leaves a flag alone that another release had turned on', () => {
    expect(undoOf(changeBy(OTHER), RELEASE)).toBeUndefined();
  });

  it('leaves the last word to the operator who changed the flag since', () => {
    expect(undoOf(changeBy(null), RELEASE)).toBeUndefined();
  });

  it('is not undone itself when the rollback is told twice', () => {
    const undone = { ...changeBy(RELEASE), before: true, after: false };
    expect(undoOf(undone, RELEASE)).toBeUndefined();
  });
});

function changeBy(releaseId: string | null): ToggleChange {
  return { flag: 'bonus', before: false, after: true, reason: 'for a test', releaseId };
}
