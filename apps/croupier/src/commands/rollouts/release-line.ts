import type { ReleaseView } from '@croupier/contracts';
import type { Colours } from '../../terminal/colours';

/** `acme/slots@1.4.0`. */
export function nameOf({ provider, game, version }: ReleaseView): string {
  return `${provider}/${game}@${version}`;
}

export function statusOf({ status }: ReleaseView, colours: Colours): string {
  switch (status) {
    case 'promoted':
      return colours('green', status);
    case 'rolled-back':
    case 'failed':
      return colours('red', status);
    case 'paused':
    case 'awaiting-approval':
      return colours('yellow', status);
    default:
      return colours('cyan', status);
  }
}

/** `3/9`, from 1; empty before the first and after the last. */
export function stepOf({ stepIndex, stepCount }: ReleaseView): string {
  return stepIndex === null ? '' : `${stepIndex + 1}/${stepCount}`;
}

/** `12:30:05` of an RFC 3339 time, in UTC as timelines are. */
export function clockOf(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}
