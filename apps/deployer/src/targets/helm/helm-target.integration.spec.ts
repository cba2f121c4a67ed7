import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReleaseId } from '@croupier/contracts';
import { kubernetesTools, registered } from '@croupier/testing';
import { KubernetesDouble } from '../../../test/kubernetes-double';
import { runBounded } from '../../programs/run-bounded';
import type { DeploymentCause, WorkloadSpec } from '../deployment-target';
import { HelmConfig } from './helm-config';
import { HelmProgram } from './helm-program';
import { HelmTarget, valuesOf } from './helm-target';
import { deployed, noteOf } from './revision-note';

const CHART = resolve(__dirname, '../../../../../deploy/charts/workload');
const RELEASE = '4f0a3d86-6f0e-4f4e-9d0a-0d2d3a3c9f11' as ReleaseId;

describe('the Helm target', () => {
  const cluster = new KubernetesDouble();
  let folder: string;
  let helm: string;
  let kubeconfig: string;

  const partsOf = (layout: string, timeoutMs = 30_000): { target: HelmTarget; program: HelmProgram } => {
    const config = new HelmConfig({
      HELM_PROGRAM: helm,
      HELM_CHART: CHART,
      HELM_KUBECONFIG: kubeconfig,
      HELM_LAYOUT: layout,
      HELM_TIMEOUT_MS: String(timeoutMs),
    });
    const program = new HelmProgram(config);
    return { target: new HelmTarget(program, config), program };
  };

  const specOf = (game: string, version: string): WorkloadSpec => {
    const { digest, manifestUrl, manifest } = registered(game, version, 'http://games.test').data;
    const server = { runtime: 'image', image: 'registry.example/acme/slots', port: 9000 } as const;
    return { environment: 'production', digest, manifestUrl, manifest: { ...manifest, server } };
  };

  const causeOf = (what: string, fencingToken = 7): DeploymentCause => ({
    releaseId: RELEASE,
    effectKey: `${RELEASE}:${what}`,
    fencingToken,
    actor: 'deployer',
    reason: 'a rehearsal',
  });

  const imageOf = (name: string): string | undefined =>
    cluster.get('Deployment', 'games', name)?.spec?.template?.spec?.containers?.[0]?.image;

  beforeAll(async () => {
    ({ helm } = await kubernetesTools());
    await cluster.start();
    folder = await mkdtemp(join(tmpdir(), 'croupier-helm-spec-'));
    kubeconfig = join(folder, 'kubeconfig.json');
    await writeFile(kubeconfig, cluster.kubeconfig());
  });

  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives the chart values that lint and render', async () => {
    const values = join(folder, 'values.json');
    await writeFile(values, JSON.stringify(valuesOf(specOf('slots', '1.2.0+build.7'))));
    const call = { timeoutMs: 30_000, env: process.env };
    await runBounded(helm, ['lint', '--strict', CHART, '--values', values], call);
    const rendered = await runBounded(helm, ['template', 'acme-slots', CHART, '--values', values], call);
    expect(rendered).toContain('image: "registry.example/acme/slots:1.2.0_build.7"');
    expect(rendered).toContain('targetPort: 9000');
  });

  it('runs versions beside each other, each once, and says in their revisions by which effect', async () => {
    const { target, program } = partsOf('per-version');
    const { endpoint } = await target.deploy(specOf('slots', '1.0.0'), causeOf('deploy-production'));
    expect(endpoint).toBe('http://acme-slots-1-0-0.games.svc:8080');
    await target.deploy(specOf('slots', '1.1.0'), causeOf('deploy-production'));
    await target.deploy(specOf('slots', '1.1.0'), causeOf('deploy-production'));
    expect(imageOf('acme-slots-1-0-0')).toBe('registry.example/acme/slots:1.0.0');
    expect(imageOf('acme-slots-1-1-0')).toBe('registry.example/acme/slots:1.1.0');
    const history = await program.history({ name: 'acme-slots-1-1-0', namespace: 'games' });
    expect(history).toMatchObject([{ revision: 1, status: 'deployed' }]);
    expect(noteOf(deployed(history), history)).toMatchObject({
      effectKey: `${RELEASE}:deploy-production`,
      version: '1.1.0',
      fencingToken: 7,
    });
    await target.remove(specOf('slots', '1.1.0'), causeOf('retire'));
    await target.remove(specOf('slots', '1.1.0'), causeOf('retire'));
    expect(imageOf('acme-slots-1-1-0')).toBeUndefined();
    expect(imageOf('acme-slots-1-0-0')).toBeDefined();
  });

  it('upgrades in place, goes back to the revision it recorded, and leaves alone what has taken its place', async () => {
    const { target, program } = partsOf('in-place');
    await target.deploy(specOf('wallet', '1.0.0'), causeOf('first'));
    await target.deploy(specOf('wallet', '1.1.0'), causeOf('second'));
    await target.remove(specOf('wallet', '1.0.0'), causeOf('retire-first'));
    expect(imageOf('acme-wallet')).toBe('registry.example/acme/slots:1.1.0');
    await target.remove(specOf('wallet', '1.1.0'), causeOf('retire-second'));
    await target.remove(specOf('wallet', '1.1.0'), causeOf('retire-second'));
    expect(imageOf('acme-wallet')).toBe('registry.example/acme/slots:1.0.0');
    const history = await program.history({ name: 'acme-wallet', namespace: 'games' });
    expect(history.map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'deployed'],
    ]);
    // What was gone back to is known as what it is.
    await target.deploy(specOf('wallet', '1.0.0'), causeOf('restore'));
    expect(await program.history({ name: 'acme-wallet', namespace: 'games' })).toHaveLength(3);
  });

  it('is back where it was when a version does not become ready', async () => {
    const { target } = partsOf('in-place');
    const { target: impatient } = partsOf('in-place', 1_500);
    await target.deploy(specOf('bingo', '1.0.0'), causeOf('first'));
    await expect(impatient.deploy(specOf('bingo', '1.1.0-broken'), causeOf('second'))).rejects.toThrow(
      /upgrade/,
    );
    expect(imageOf('acme-bingo')).toBe('registry.example/acme/slots:1.0.0');
    await expect(impatient.deploy(specOf('keno', '1.0.0-broken'), causeOf('only'))).rejects.toThrow(
      /upgrade/,
    );
    expect(imageOf('acme-keno')).toBeUndefined();
  });

  it('refuses a caller whose lease is older than one it has seen', async () => {
    const { target } = partsOf('in-place');
    await target.deploy(specOf('craps', '1.0.0'), causeOf('first', 8));
    await expect(target.deploy(specOf('craps', '1.1.0'), causeOf('second', 7))).rejects.toThrow(/token 8/);
    await expect(target.remove(specOf('craps', '1.0.0'), causeOf('retire', 7))).rejects.toThrow(/token 8/);
  });
});
