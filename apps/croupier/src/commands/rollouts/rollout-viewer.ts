import { coloursFor, type Colours } from '../../terminal/colours';
import { print } from '../../terminal/print';
import { Screen } from '../../terminal/screen';
import { evidenceTable } from './evidence-table';
import { clockOf, nameOf, statusOf, stepOf } from './release-line';
import { timelineTree } from './timeline-tree';
import type { Look } from './watch-rollout';

/** Shows a rollout as it goes on. */
export interface RolloutViewer {
  show(look: Look): void;
  /** A look that failed, and is tried again. */
  fail(error: Error): void;
  end(look: Look): void;
}

export function viewerOf({ json }: { readonly json?: boolean }): RolloutViewer {
  if (json) return new JsonLines();
  return process.stdout.isTTY
    ? new LiveTable(new Screen(process.stdout), coloursFor(process.stdout, process.env))
    : new Lines();
}

const RECENT_LINES = 12;
const WEIGHT_BAR = 40;

/** Drawn anew in its place, for a person at a terminal. */
class LiveTable implements RolloutViewer {
  private last: readonly string[] = [];

  constructor(
    private readonly screen: Screen,
    private readonly colours: Colours,
  ) {}

  show({ release, analysis, timeline }: Look): void {
    const { colours } = this;
    const step = stepOf(release);
    const canary = Math.round((release.weightPercent / 100) * WEIGHT_BAR);
    const weights = colours('yellow', '█'.repeat(canary)) + colours('green', '█'.repeat(WEIGHT_BAR - canary));
    this.last = [
      `${colours('bold', nameOf(release))}  ${statusOf(release, colours)}  ${step === '' ? '' : `step ${step}`}`,
      `${weights}  ${release.version} ${release.weightPercent} %  ${release.stableVersion ?? 'nothing'} ${100 - release.weightPercent} %`,
      release.reason,
      '',
      ...(analysis.metrics.length > 0 ? evidenceTable(analysis, colours) : ['Not judged yet.']),
      '',
      ...timelineTree(timeline, colours).slice(-RECENT_LINES),
    ];
    this.screen.draw(this.last);
  }

  fail({ message }: Error): void {
    this.screen.draw([...this.last, this.colours('red', message)]);
  }

  end(look: Look): void {
    this.show(look);
  }
}

/** A line for each entry, and for the evidence when there is more of it: for logs. */
class Lines implements RolloutViewer {
  private told = '';

  show({ analysis, news }: Look): void {
    for (const { at, summary } of news) print(`${clockOf(at)}  ${summary}`);
    const evidence = analysis.metrics
      .map(({ name, failures, trials, stableFailures = 0, stableTrials = 0 }) => {
        const canary = rateOf(failures, trials);
        return `${name} ${canary} (stable ${rateOf(stableFailures, stableTrials)})`;
      })
      .join(', ');
    if (evidence === this.told || analysis.judgedAt === null) return;
    this.told = evidence;
    print(`${clockOf(analysis.judgedAt)}  ${evidence}`);
  }

  fail({ message }: Error): void {
    print(message);
  }

  end({ release }: Look): void {
    print(`${nameOf(release)} is ${release.status}: ${release.reason}`);
  }
}

/** For programs. */
class JsonLines implements RolloutViewer {
  show({ release, analysis, news }: Look): void {
    for (const entry of news) print(JSON.stringify({ kind: 'entry', entry }));
    print(JSON.stringify({ kind: 'look', release, analysis }));
  }

  fail({ message }: Error): void {
    print(JSON.stringify({ kind: 'failure', message }));
  }

  end({ release }: Look): void {
    print(JSON.stringify({ kind: 'end', release }));
  }
}

function rateOf(failures: number, trials: number): string {
  return trials === 0 ? '-' : `${((failures / trials) * 100).toFixed(2)} % of ${trials}`;
}
