const UNIX_SECONDS = /^\d{1,12}$/;
const UNIX_MILLISECONDS = /^\d{1,15}$/;

export function isUnixTime(text: string, unit: 'seconds' | 'milliseconds'): boolean {
  return (unit === 'seconds' ? UNIX_SECONDS : UNIX_MILLISECONDS).test(text);
}

/** Older and newer messages may be replays. */
export function isOutsideWindow(
  timestamp: string,
  unit: 'seconds' | 'milliseconds',
  toleranceSeconds: number,
  nowMs: number,
): boolean {
  const seconds = unit === 'seconds' ? Number(timestamp) : Math.floor(Number(timestamp) / 1000);
  return Math.abs(Math.floor(nowMs / 1000) - seconds) > toleranceSeconds;
}

export function unixTime(nowMs: number, unit: 'seconds' | 'milliseconds'): string {
  return String(unit === 'seconds' ? Math.floor(nowMs / 1000) : nowMs);
}
