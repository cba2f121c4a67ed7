import type { TrafficCount, TrafficSample } from '@croupier/contracts';
import { clock, percent } from '../parts/format';

const WIDTH = 600;
const HEIGHT = 140;

/** The share of bad requests of canary and stable over time, with the limit. */
export function Chart({
  title,
  samples,
  bad,
  limit,
}: {
  title: string;
  samples: readonly TrafficSample[];
  bad: (count: TrafficCount) => number;
  limit: number | undefined;
}) {
  const shares = (role: 'canary' | 'stable') =>
    samples.flatMap((sample) =>
      sample[role].requests === 0
        ? []
        : [{ at: Date.parse(sample.at), share: bad(sample[role]) / sample[role].requests }],
    );
  const lines = { stable: shares('stable'), canary: shares('canary') };
  const all = [...lines.stable, ...lines.canary];
  if (all.length === 0)
    return (
      <figure>
        <figcaption>{title}</figcaption>
        <p className="empty">No request was counted.</p>
      </figure>
    );
  const [from, until] = [Math.min(...all.map(({ at }) => at)), Math.max(...all.map(({ at }) => at))];
  const top = Math.max(0.02, (limit ?? 0) * 1.5, ...all.map(({ share }) => share));
  const x = (at: number) => ((at - from) / Math.max(1, until - from)) * WIDTH;
  const y = (share: number) => HEIGHT - (share / top) * (HEIGHT - 6);
  const points = (line: typeof all) =>
    line.map(({ at, share }) => `${x(at).toFixed(1)},${y(share).toFixed(1)}`).join(' ');
  const last = (line: typeof all) => percent(line.at(-1)?.share ?? null, 1);
  return (
    <figure>
      <figcaption>
        {title} <span className="canary-key">▬ canary {last(lines.canary)}</span>{' '}
        <span className="stable-key">▬ stable {last(lines.stable)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: canary ${last(lines.canary)}, stable ${last(lines.stable)}`}
      >
        {limit !== undefined && <line className="limit" x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
        <polyline className="stable-line" points={points(lines.stable)} />
        <polyline className="canary-line" points={points(lines.canary)} />
      </svg>
      <p className="muted small span">
        <span>{clock(from)}</span>
        <span>
          0 to {percent(top, 1)}
          {limit !== undefined && `, dashed: the limit of ${percent(limit, 1)}`}
        </span>
        <span>{clock(until)}</span>
      </p>
    </figure>
  );
}
