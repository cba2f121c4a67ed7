/**
 * Resolves when every promise that can go on has done so. Node runs what `nextTick` has been given only once its queue
 * of microtasks is empty; so this must be awaited from within one, that is anywhere but in a function's first turn.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
