import type { ReleaseAnalysis } from '@croupier/contracts';
import type { Colours } from '../../terminal/colours';
import { table } from '../../terminal/table';

type Metric = ReleaseAnalysis['metrics'][number];

const BAR_WIDTH = 12;
/** The share of slow requests at which their limit in time is the 95th percentile. */
const P95_SHARE = 0.05;

/** Canary beside stable, and how much of the evidence for each verdict is there. */
export function evidenceTable({ metrics }: ReleaseAnalysis, colours: Colours): string[] {
  const header = ['METRIC', 'CANARY', 'STABLE', 'LIMIT', 'REQUESTS', 'FOR IT', 'AGAINST IT'];
  return table(
    header,
    metrics.map((metric) => [
      metric.name,
      rate(metric.failures, metric.trials, metric, colours),
      rate(metric.stableFailures ?? 0, metric.stableTrials ?? 0, metric, colours),
      `${percent(metric.nullRate)}${isP95(metric) ? ' (p95)' : ''}`,
      `${metric.trials} / ${metric.stableTrials ?? 0}`,
      colours('green', bar(metric.healthLogEvidence, metric.healthThreshold)),
      colours('red', bar(...againstIt(metric))),
    ]),
  );
}

/** `1.25 %`, and of what is judged as a 95th percentile, on which side of the limit that is. */
function rate(failures: number, trials: number, metric: Metric, colours: Colours): string {
  if (trials === 0) return '-';
  const isOver = failures / trials > metric.nullRate;
  const p95 = isP95(metric) ? `, p95 ${isOver ? 'over' : 'within'}` : '';
  return colours(isOver ? 'red' : 'green', `${percent(failures / trials)}${p95}`);
}

function isP95({ counts, nullRate }: Metric): boolean {
  return counts === 'slow' && nullRate === P95_SHARE;
}

/** Over the limit, or worse than stable: what is nearer to a verdict. */
function againstIt({
  breachLogEvidence,
  breachThreshold,
  relativeLogEvidence,
  relativeThreshold,
}: Metric): readonly [evidence: number, threshold: number] {
  const absolute = [breachLogEvidence, breachThreshold] as const;
  if (relativeLogEvidence === undefined || relativeThreshold === undefined) return absolute;
  return relativeLogEvidence / relativeThreshold > breachLogEvidence / breachThreshold
    ? [relativeLogEvidence, relativeThreshold]
    : absolute;
}

/** `██████······  50 %` of what the verdict takes. */
function bar(evidence: number, threshold: number): string {
  const ratio = evidence / threshold;
  const share = Number.isFinite(ratio) ? Math.min(1, Math.max(0, ratio)) : 0;
  const full = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'·'.repeat(BAR_WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
