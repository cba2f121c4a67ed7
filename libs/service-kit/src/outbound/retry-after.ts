const LONGEST_MS = 15 * 60_000;

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); null when there is none. Never more than a quarter of an hour. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const wantedMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  if (Number.isNaN(wantedMs)) return null;
  return Math.min(LONGEST_MS, Math.max(0, wantedMs));
}
