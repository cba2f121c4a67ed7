import type { ReleaseView } from '@croupier/contracts';
import type { VersionFigures } from './crowd';

/** Tells the demo as it goes. With `--json` on standard error, so that standard output ends with the object. */
export class Narrator {
  private readonly startedAt = Date.now();
  private lastStatus = '';
  private lastToldAt = 0;

  constructor(private readonly stream: NodeJS.WritableStream) {}

  say(text: string): void {
    const seconds = ((Date.now() - this.startedAt) / 1000).toFixed(1).padStart(6);
    this.stream.write(`${seconds} s  ${text}\n`);
  }

  /** Each change of status or weight, and a line a second in between. */
  progress(release: ReleaseView | undefined, seen: VersionFigures | undefined): void {
    if (!release) return;
    const status = `${release.version} ${release.status} ${release.weightPercent} %`;
    if (status === this.lastStatus && Date.now() - this.lastToldAt < 1000) return;
    this.lastStatus = status;
    this.lastToldAt = Date.now();
    this.say(`  ${status.padEnd(28)} ${bar(release.weightPercent)} ${figures(seen)}`);
  }
}

const BAR_WIDTH = 20;

function bar(weightPercent: number): string {
  const filled = Math.round((weightPercent / 100) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

function figures(seen: VersionFigures | undefined): string {
  if (!seen || seen.requests === 0) return '';
  const errorPercent = ((100 * seen.failed) / seen.requests).toFixed(1);
  return `${seen.requests} requests/s, ${errorPercent} % errors, p95 ${seen.p95Ms?.toFixed(0) ?? '-'} ms`;
}
