import type { ToggleChange } from '../toggles/toggle';

/**
 * The state a flag goes back to when `releaseId` is rolled back, or undefined when it stays as it is: the release
 * never turned it on, has undone that already, or somebody else had the last word since.
 */
export function undoOf(latest: ToggleChange | undefined, releaseId: string): boolean | undefined {
  return latest?.releaseId === releaseId && latest.after ? latest.before : undefined;
}
