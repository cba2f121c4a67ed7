import type { CommonOptions } from '../../platform/service-api';
import { coloursFor } from '../../terminal/colours';
import { print } from '../../terminal/print';
import { evidenceTable } from './evidence-table';
import { nameOf, statusOf, stepOf } from './release-line';
import { RolloutApi } from './rollout-api';
import { timelineTree } from './timeline-tree';

export async function showRollout(name: string, options: CommonOptions): Promise<void> {
  const api = await RolloutApi.of(options);
  const release = await api.find(name);
  const [timeline, analysis] = await Promise.all([api.timeline(release.id), api.analysis(release.id)]);
  if (options.json) return print(JSON.stringify({ ...release, analysis, timeline }));
  const colours = coloursFor(process.stdout, process.env);
  const step = stepOf(release);
  print(`${colours('bold', nameOf(release))}  ${statusOf(release, colours)}  ${release.weightPercent} %`);
  print(
    `${release.strategy}, attempt ${release.attempt}${step === '' ? '' : `, step ${step}`}  ${release.id}`,
  );
  print(`stable before: ${release.stableVersion ?? 'none'}`);
  print(release.reason);
  if (analysis.metrics.length > 0) for (const line of ['', ...evidenceTable(analysis, colours)]) print(line);
  for (const line of ['', ...timelineTree(timeline, colours)]) print(line);
}
