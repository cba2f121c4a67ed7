import type { TimelineEntry } from '@croupier/contracts';
import { stagesOf } from '@croupier/rollout';
import type { Colours } from '../../terminal/colours';
import { clockOf } from './release-line';

/** A release's timeline by stages, each with how long it took. */
export function timelineTree(timeline: readonly TimelineEntry[], colours: Colours): string[] {
  const stages = stagesOf(timeline);
  return stages.flatMap((stage, index) => {
    const isLast = index === stages.length - 1;
    const end = stages[index + 1]?.begunBy ?? stage.entries.at(-1) ?? stage.begunBy;
    const tookMs = Date.parse(end.at) - Date.parse(stage.begunBy.at);
    const children = stage.entries.map((entry, place) => {
      const branch = place === stage.entries.length - 1 ? '└─' : '├─';
      const by = entry.actor === 'croupier' ? '' : colours('dim', `  ${entry.actor}`);
      return `${isLast ? ' ' : '│'}  ${branch} ${colours('dim', clockOf(entry.at))}  ${entry.summary}${by}`;
    });
    const took = colours('dim', `  ${(tookMs / 1000).toFixed(1)} s`);
    return [`${isLast ? '└─' : '├─'} ${colours('bold', stage.name)}${took}`, ...children];
  });
}
