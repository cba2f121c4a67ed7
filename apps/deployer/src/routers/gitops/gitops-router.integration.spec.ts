import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { GitProgram } from '../../targets/gitops/git-program';
import { GitOpsConfig } from '../../targets/gitops/gitops-config';
import { ValuesRepository } from '../../targets/gitops/values-repository';
import { slotsOf } from '../../targets/gitops/values-text';
import { GitOpsRouter } from './gitops-router';

const PATH = 'production/acme/slots/values.yaml';
const VALUES = `slots:
  blue:
    tag: 1.0.0 # what most players get
    weight: 100
  green:
    tag: 1.1.0
    weight: 0
  preview:
    tag: 1.1.0
`;

describe('the GitOps router', () => {
  let folder: string;
  let router: GitOpsRouter;

  const git = async (cwd: string, ...parameters: string[]): Promise<string> => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.test'];
    return (await promisify(execFile)('git', [...who, ...parameters], { cwd, env })).stdout.trim();
  };
  const remote = (...parameters: string[]): Promise<string> => git(join(folder, 'remote.git'), ...parameters);

  const routed = (version: string): RoutedVersion => ({
    version,
    digest: 'a'.repeat(64),
    manifestUrl: 'http://games.test/manifest.json',
    endpoint: 'http://slots.test',
    markets: ['MT'],
  });
  const route = (stable: string, canary: string | null = null, canaryBuckets = 0): SubjectRoute => ({
    provider: 'acme',
    game: 'slots',
    salt: 1,
    stable: routed(stable),
    canary: canary === null ? null : routed(canary),
    canaryBuckets,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-gitops-router-'));
    await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'remote.git');
    await git(folder, 'clone', '--quiet', 'remote.git', 'people');
    const people = join(folder, 'people');
    await mkdir(dirname(join(people, PATH)), { recursive: true });
    await writeFile(join(people, PATH), VALUES);
    await git(people, 'add', '.');
    await git(people, 'commit', '--quiet', '-m', 'Begin');
    await git(people, 'push', '--quiet', 'origin', 'HEAD:main');
    const config = new GitOpsConfig({
      STATE_DIR: join(folder, 'state'),
      GITOPS_REPOSITORY: `file://${join(folder, 'remote.git')}`,
    });
    router = new GitOpsRouter(new ValuesRepository(new GitProgram(config), config), config);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('commits the weights of a canary, and leaves all else as people wrote it', async () => {
    expect(await router.reconcile([route('1.0.0', '1.1.0', 500)])).toEqual({ changes: 1, unhealthy: [] });
    const expected = VALUES.replace('weight: 100', 'weight: 95').replace('weight: 0', 'weight: 5');
    expect(await remote('show', `main:${PATH}`)).toBe(expected.trim());
    expect(await remote('log', '-1', '--format=%s', 'main')).toBe('Deal 5 % of acme/slots to 1.1.0');
  });

  it('commits nothing when the weights are what they should be', async () => {
    const before = await remote('rev-parse', 'main');
    expect(await router.reconcile([route('1.0.0')])).toEqual({ changes: 0, unhealthy: [] });
    expect(await remote('rev-parse', 'main')).toBe(before);
  });

  it('gives all to the stable version after a rollback, and after a promotion', async () => {
    await router.reconcile([route('1.0.0', '1.1.0', 2_500)]);
    await router.reconcile([route('1.0.0')]);
    expect(await remote('show', `main:${PATH}`)).toBe(VALUES.trim());
    await router.reconcile([route('1.1.0')]);
    expect(slotsOf(await remote('show', `main:${PATH}`)).map(({ weight }) => weight)).toEqual([0, 100, null]);
    expect(await remote('log', '--format=%s', 'main')).toBe(
      [
        'Deal all of acme/slots to 1.1.0',
        'Deal all of acme/slots to 1.0.0',
        'Deal 25 % of acme/slots to 1.1.0',
        'Begin',
      ].join('\n'),
    );
  });
});
