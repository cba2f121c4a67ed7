/**
 * Gathers what comes in one turn of the event loop, and does `work` for one after the other when all of it has come:
 * code that runs a hundred times in a row is in the processor's caches all but once, and between the parsing of two
 * requests it never is. Alone, an item waits for nothing. `work` must not throw.
 */
export function inARow<Item>(work: (item: Item) => void): (item: Item) => void {
  let gathered: Item[] = [];
  return (item) => {
    gathered.push(item);
    if (gathered.length > 1) return;
    setImmediate(() => {
      const items = gathered;
      gathered = [];
      items.forEach(work);
    });
  };
}
