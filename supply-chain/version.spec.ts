import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readLockfile } from './shipped-packages';

const ROOT = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

describe('the version in package.json', () => {
  const { version } = JSON.parse(read('package.json')) as Manifest;
  const workspaces = Object.keys(readLockfile(ROOT).packages).filter(
    (path) => path !== '' && !path.includes('node_modules/'),
  );

  it.each(workspaces)('is that of %s, and of the workspaces it needs', (path) => {
    const manifest = JSON.parse(read(`${path}/package.json`)) as Manifest;
    const needed = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    const own = needed.filter(([name]) => name.startsWith('@croupier/')).map(([, wanted]) => wanted);
    expect(new Set([manifest.version, ...own])).toEqual(new Set([version]));
  });

  it('is that of the chart, and has its part of the changelog', () => {
    expect(parse(read('deploy/helm/croupier/Chart.yaml'))).toMatchObject({ version, appVersion: version });
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-`, 'm'),
    );
  });
});

describe('the workflows', () => {
  it.each(['ci', 'release'])('%s.yml runs what everyone runs, and bounds its time', (name) => {
    const { jobs } = parse(read(`.github/workflows/${name}.yml`)) as {
      jobs: Record<string, { 'timeout-minutes'?: number; steps: { run?: string }[] }>;
    };
    expect(jobs['check']!.steps.map(({ run }) => run)).toContain('.ci/run');
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('release what has been checked alone', () => {
    const { jobs } = parse(read('.github/workflows/release.yml')) as {
      jobs: Record<string, { needs?: readonly string[] }>;
    };
    expect(jobs['publish']).toMatchObject({ needs: ['check', 'stack'] });
  });
});
