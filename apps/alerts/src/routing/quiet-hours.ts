import type { AlertSeverity, QuietHours } from '@croupier/contracts';
import { isAtLeast } from './route-match';

const MINUTE_MS = 60_000;
/** Two days: the clocks may skip the only time of a day that is not quiet. */
const LONGEST_MINUTES = 49 * 60;

/** When the quiet hours end that a message falls into, in epoch milliseconds; null when it may be told at once. */
export function quietUntil(hours: QuietHours | null, severity: AlertSeverity, nowMs: number): number | null {
  if (hours === null || isAtLeast(severity, hours.below)) return null;
  const clock = wallClock(hours.timeZone);
  if (!isQuiet(hours, clock(nowMs))) return null;
  // Minute by minute by the zone's own clock: it may skip or repeat an hour on the way.
  const from = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (let minutes = 1; minutes <= LONGEST_MINUTES; minutes += 1) {
    const at = from + minutes * MINUTE_MS;
    if (!isQuiet(hours, clock(at))) return at;
  }
  return from + LONGEST_MINUTES * MINUTE_MS;
}

function isQuiet({ from, to }: QuietHours, time: string): boolean {
  return from < to ? time >= from && time < to : time >= from || time < to;
}

/** `HH:MM` in the zone. */
function wallClock(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs) => format.format(atMs);
}
