import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const DASHBOARDS = resolve(__dirname, '../../deploy/grafana/dashboards');

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

/** Every query of every dashboard, of annotations as well, with each variable as wide as it goes. */
export async function dashboardQueries(): Promise<string[]> {
  const files = await readdir(DASHBOARDS);
  const dashboards = await Promise.all(files.map((file) => readFile(join(DASHBOARDS, file), 'utf8')));
  return dashboards
    .map((text) => JSON.parse(text) as Dashboard)
    .flatMap(({ panels, annotations }) => [...panels.flatMap(({ targets }) => targets), ...annotations.list])
    .map(({ expr }) => expr.replaceAll('$game', '.*'));
}
