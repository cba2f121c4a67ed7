import type { PurgeRun } from '../cache-target';

export interface BatchLimits {
  readonly items: number;
  /** Of all items and what is between them, in bytes; no limit unless given. */
  readonly bytes?: number;
  /** For quotes and commas of one item. */
  readonly overheadBytes?: number;
}

/** Where the batch ends that begins at `at`. It has one item at least. */
export function batchEnd(items: readonly string[], at: number, limits: BatchLimits): number {
  const { bytes = Infinity, overheadBytes = 1 } = limits;
  let end = at;
  let size = 0;
  while (end < items.length && end - at < limits.items) {
    size += Buffer.byteLength(items[end] ?? '') + overheadBytes;
    if (size > bytes && end > at) break;
    end += 1;
  }
  return end;
}

/**
 * Sends what earlier attempts have not sent, batch by batch.
 * @param send answers how many entries went, or null when it is not told; `name` is the same whenever the batch is
 */
export async function inBatches(
  items: readonly string[],
  limits: BatchLimits,
  run: PurgeRun,
  send: (batch: readonly string[], name: string) => Promise<number | null>,
): Promise<number | null> {
  let entries: number | null = null;
  for (let at = run.startAt; at < items.length;) {
    run.signal.throwIfAborted();
    const end = batchEnd(items, at, limits);
    const removed = await send(items.slice(at, end), `${run.id}-${at}`);
    if (removed !== null) entries = (entries ?? 0) + removed;
    at = end;
    run.onProgress(at, items.length, entries);
  }
  return entries;
}
