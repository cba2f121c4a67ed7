import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ReleaseId } from '@croupier/contracts';
import { registered } from '@croupier/testing';
import type { DeploymentCause, DeploymentEnvironment, WorkloadSpec } from '../deployment-target';
import { GitProgram } from './git-program';
import { GitOpsConfig } from './gitops-config';
import { GitOpsTarget } from './gitops-target';
import { SyncWatch } from './sync-watch';
import { ValuesRepository } from './values-repository';

const VALUES = `# Slots of acme. Ask the games team before you edit.
image:
  repository: registry.example/acme/slots # the tag is below
slots:
  blue:
    tag: 1.0.0 # what most players get
    weight: 100
  green:
    tag: "" # free
    weight: 0
resources: { limits: { memory: 128Mi } }
`;
const PATH = 'production/acme/slots/values.yaml';
const RELEASE = '4f0a3d86-6f0e-4f4e-9d0a-0d2d3a3c9f11' as ReleaseId;

/** As git shows a change, without the hashes and places. */
const changedLines = (diff: string): string[] =>
  diff.split('\n').filter((line) => /^[+-](?![+-]{2})/.test(line));

describe('the GitOps target', () => {
  let folder: string;
  let people: string;
  let target: GitOpsTarget;

  const git = async (cwd: string, ...parameters: string[]): Promise<string> => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.test'];
    return (await promisify(execFile)('git', [...who, ...parameters], { cwd, env })).stdout.trim();
  };

  /** Somebody else pushes. */
  const push = async (path: string, text: string, message: string): Promise<void> => {
    await git(people, 'pull', '--quiet', '--rebase', 'origin', 'main');
    await mkdir(dirname(join(people, path)), { recursive: true });
    await writeFile(join(people, path), text);
    await git(people, 'add', '.');
    await git(people, 'commit', '--quiet', '-m', message);
    await git(people, 'push', '--quiet', 'origin', 'HEAD:main');
  };

  const remote = (...parameters: string[]): Promise<string> => git(join(folder, 'remote.git'), ...parameters);
  const current = (): Promise<string> => remote('show', `main:${PATH}`);

  const partsOf = (name: string): { target: GitOpsTarget; git: GitProgram } => {
    const config = new GitOpsConfig({
      STATE_DIR: join(folder, name),
      GITOPS_REPOSITORY: `file://${join(folder, 'remote.git')}`,
    });
    const program = new GitProgram(config);
    const repository = new ValuesRepository(program, config);
    const watch = new SyncWatch(config, repository, undefined as never, undefined as never);
    return { target: new GitOpsTarget(repository, watch, config), git: program };
  };

  const specOf = (version: string, environment: DeploymentEnvironment = 'production'): WorkloadSpec => {
    const { digest, manifestUrl, manifest } = registered('slots', version, 'http://games.test').data;
    const server = { runtime: 'image', image: 'registry.example/acme/slots', port: 8080 } as const;
    return { environment, digest, manifestUrl, manifest: { ...manifest, server } };
  };

  const causeOf = (what: string, changes: Partial<DeploymentCause> = {}): DeploymentCause => ({
    releaseId: RELEASE,
    effectKey: `${RELEASE}:${what}`,
    fencingToken: 7,
    actor: 'ann',
    reason: 'fixes the bonus round',
    ...changes,
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-gitops-'));
    await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'remote.git');
    await git(folder, 'clone', '--quiet', 'remote.git', 'people');
    people = join(folder, 'people');
    await mkdir(dirname(join(people, PATH)), { recursive: true });
    await writeFile(join(people, PATH), VALUES);
    await git(people, 'checkout', '--quiet', '-b', 'main');
    await git(people, 'add', '.');
    await git(people, 'commit', '--quiet', '-m', 'Begin');
    await git(people, 'push', '--quiet', 'origin', 'main');
    ({ target } = partsOf('one'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('releases a version and takes it back by commits that change the tag alone, around what others push', async () => {
    const { endpoint } = await target.deploy(specOf('1.1.0'), causeOf('deploy-production'));
    expect(endpoint).toBe('http://acme-slots-green.production.svc:8080');
    expect(changedLines(await remote('show', '--format=', 'main'))).toEqual([
      '-    tag: "" # free',
      '+    tag: "1.1.0" # free',
    ]);
    const release = await remote('log', '-1', '--format=%H', 'main');
    expect(await remote('log', '-1', '--format=%B', 'main')).toBe(
      [
        'Deploy acme/slots@1.1.0 to production',
        '',
        'Reason: fixes the bonus round.',
        '',
        'Croupier-Actor: ann',
        `Croupier-Release: ${RELEASE}`,
        `Croupier-Effect: ${RELEASE}:deploy-production`,
        'Croupier-Deploys: acme/slots@1.1.0',
        'Croupier-Fencing-Token: 7',
      ].join('\n'),
    );

    await push('README.md', 'Hello', 'Say hello');
    await push(PATH, (await current()).replace('128Mi', '256Mi'), 'Give it more memory');

    await target.remove(specOf('1.1.0'), causeOf('retire', { reason: 'error rate 4 %' }));
    expect(changedLines(await remote('show', '--format=', 'main'))).toEqual([
      '-    tag: "1.1.0" # free',
      '+    tag: "" # free',
    ]);
    expect(await remote('log', '-1', '--format=%B', 'main')).toContain(
      `Revert "Deploy acme/slots@1.1.0 to production"\n\nThis reverts commit ${release}.`,
    );
    expect(await current()).toBe(VALUES.replace('128Mi', '256Mi').trim());
    expect(await remote('log', '--format=%s', 'main')).toBe(
      [
        'Revert "Deploy acme/slots@1.1.0 to production"',
        'Give it more memory',
        'Say hello',
        'Deploy acme/slots@1.1.0 to production',
        'Begin',
      ].join('\n'),
    );
  });

  /** Somebody pushes when we have committed and are about to push: once. */
  const meanwhile = async (edit: string): Promise<void> => {
    await target.deploy(specOf('1.0.0'), causeOf('nothing-to-do'));
    const hook = join(folder, 'one/gitops/.git/hooks/pre-push');
    const once = join(folder, 'pushed-once');
    const person = 'git -c user.name=Ann -c user.email=ann@example.test';
    const script = `#!/bin/sh
      test -e ${once} && exit 0
      touch ${once}
      unset $(git rev-parse --local-env-vars)
      cd ${people} && git pull --quiet --rebase origin main && ${edit} &&
      git add . && ${person} commit --quiet -m 'Meanwhile' && git push --quiet origin HEAD:main`;
    await mkdir(dirname(hook), { recursive: true });
    await writeFile(hook, script, { mode: 0o755 });
  };

  it('keeps what somebody pushes between its commit and its push', async () => {
    await meanwhile('echo hello > README.md');
    await target.deploy(specOf('1.1.0'), causeOf('deploy-production'));
    expect(await remote('log', '--format=%s', 'main')).toBe(
      ['Deploy acme/slots@1.1.0 to production', 'Meanwhile', 'Begin'].join('\n'),
    );
  });

  it('decides anew when somebody takes its slot in between', async () => {
    await push(PATH, VALUES.replace('resources:', '  amber: { tag: "", weight: 0 }\nresources:'), 'One more');
    await meanwhile(`sed -i 's/tag: "" # free/tag: 0.9.0 # taken/' ${PATH}`);
    const { endpoint } = await target.deploy(specOf('1.1.0'), causeOf('deploy-production'));
    expect(endpoint).toContain('amber');
    expect(await current()).toContain('amber: { tag: "1.1.0", weight: 0 }');
    expect(await current()).toContain('tag: 0.9.0 # taken');
  });

  it('does nothing on a repeat, on the same replica or on another with a clone of its own', async () => {
    const again = partsOf('two').target;
    const answers = await Promise.all(
      [target, again, target, again].map((each) =>
        each.deploy(specOf('1.1.0'), causeOf('deploy-production')),
      ),
    );
    expect(new Set(answers.map(({ endpoint }) => endpoint)).size).toBe(1);
    expect(await remote('rev-list', '--count', 'main')).toBe('2');
    await target.remove(specOf('1.1.0'), causeOf('retire'));
    await again.remove(specOf('1.1.0'), causeOf('retire'));
    expect(await remote('rev-list', '--count', 'main')).toBe('3');
  });

  it('does not overrule a person who has taken the version out', async () => {
    await target.deploy(specOf('1.1.0'), causeOf('deploy-production'));
    await push(PATH, VALUES, 'Take it out');
    await expect(target.deploy(specOf('1.1.0'), causeOf('deploy-production'))).rejects.toThrow(
      /somebody has taken it out since/,
    );
  });

  it('refuses a caller whose lease is older than one it has seen', async () => {
    await target.deploy(specOf('1.1.0'), causeOf('deploy-production', { fencingToken: 8 }));
    await expect(target.remove(specOf('1.1.0'), causeOf('retire', { fencingToken: 7 }))).rejects.toThrow(
      /fencing token 8/,
    );
  });

  it('puts a version that fits no slot nowhere, and says which are taken', async () => {
    await target.deploy(specOf('1.1.0'), causeOf('deploy-one'));
    await expect(target.deploy(specOf('1.2.0'), causeOf('deploy-other'))).rejects.toThrow(
      'has no free slot (blue has 1.0.0, green has 1.1.0)',
    );
  });

  it('changes a file with one slot in place, and goes back to what was there', async () => {
    const path = 'staging/acme/slots/values.yaml';
    await push(path, 'slots:\n  main:\n    tag: 1.0.0\n', 'Staging');
    await target.deploy(specOf('1.1.0', 'staging'), causeOf('deploy-staging'));
    expect(await remote('show', `main:${path}`)).toContain('tag: 1.1.0');
    await target.remove(specOf('1.0.0', 'staging'), causeOf('retire-old'));
    await target.remove(specOf('1.1.0', 'staging'), causeOf('stop-staging'));
    expect(await remote('show', `main:${path}`)).toContain('tag: 1.0.0');
  });
});
