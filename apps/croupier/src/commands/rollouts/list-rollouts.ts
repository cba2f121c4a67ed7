import type { CommonOptions } from '../../platform/service-api';
import { coloursFor } from '../../terminal/colours';
import { print } from '../../terminal/print';
import { table } from '../../terminal/table';
import { limitOf } from '../limit';
import { nameOf, statusOf, stepOf } from './release-line';
import { RolloutApi } from './rollout-api';

export interface ListOptions extends CommonOptions {
  readonly provider?: string;
  readonly game?: string;
  readonly status?: string;
  readonly limit: string;
}

export async function listRollouts(options: ListOptions): Promise<void> {
  const { provider, game, status } = options;
  const api = await RolloutApi.of(options);
  const releases = await api.list({ provider, game, status }, limitOf(options));
  if (options.json) return print(JSON.stringify({ releases }));
  const colours = coloursFor(process.stdout, process.env);
  if (releases.length === 0) return print('No rollouts.');
  const rows = releases.map((release) => [
    release.id,
    nameOf(release),
    release.strategy,
    statusOf(release, colours),
    stepOf(release),
    `${release.weightPercent} %`,
    release.updatedAt.slice(0, 19),
    release.reason,
  ]);
  const header = ['ID', 'VERSION', 'STRATEGY', 'STATUS', 'STEP', 'WEIGHT', 'CHANGED (UTC)', 'WHY'];
  for (const line of table(header, rows)) print(line);
}
