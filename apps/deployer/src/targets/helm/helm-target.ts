import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { OneAtATime } from '../../programs/one-at-a-time';
import { DeploymentTarget, refuseStale, type DeploymentCause, type WorkloadSpec } from '../deployment-target';
import { imageTag } from '../image-tag';
import { subjectName, versionName } from '../workload-name';
import { HelmConfig } from './helm-config';
import { HelmProgram, type HelmRelease, type HelmRevision } from './helm-program';
import { deployed, describe, highestToken, noteOf, type RevisionNote } from './revision-note';

/**
 * Versions as Helm releases in a Kubernetes cluster. Helm keeps the record: each revision's description says which effect
 * made it, so that a repeat finds its own work and does nothing.
 */
@Injectable()
export class HelmTarget extends DeploymentTarget {
  /** Helm refuses a second operation on a release. */
  private readonly lanes = new OneAtATime();

  constructor(
    private readonly helm: HelmProgram,
    private readonly config: HelmConfig,
  ) {
    super();
  }

  async deploy(spec: WorkloadSpec, cause: DeploymentCause): Promise<{ endpoint: string }> {
    const release = this.releaseOf(spec);
    await this.lanes.run(nameOf(release), () => this.bringUp(release, spec, cause));
    return { endpoint: this.endpointOf(release) };
  }

  async remove(spec: WorkloadSpec, cause: DeploymentCause): Promise<void> {
    const release = this.releaseOf(spec);
    await this.lanes.run(nameOf(release), () => this.takeDown(release, spec, cause));
  }

  private async bringUp(release: HelmRelease, spec: WorkloadSpec, cause: DeploymentCause): Promise<void> {
    const history = await this.helm.history(release);
    const running = deployed(history);
    if (isOf(noteOf(running, history), spec)) return;
    refuseStale(nameOf(release), highestToken(history), cause);
    const note: RevisionNote = {
      effectKey: cause.effectKey,
      version: spec.manifest.version,
      digest: spec.digest,
      fencingToken: cause.fencingToken,
      previousRevision: running?.revision ?? null,
    };
    await withValuesFile(valuesOf(spec), (file) => this.helm.upgrade(release, file, describe(note)));
  }

  private async takeDown(release: HelmRelease, spec: WorkloadSpec, cause: DeploymentCause): Promise<void> {
    const history = await this.helm.history(release);
    const running = deployed(history);
    const note = noteOf(running, history);
    // Another version has taken its place, or it is gone: nothing of it runs.
    if (running === null || !isOf(note, spec)) return;
    refuseStale(nameOf(release), highestToken(history), cause);
    const previous = this.config.layout === 'in-place' ? recorded(note, history) : null;
    if (previous === null) await this.helm.uninstall(release);
    else await this.helm.rollback(release, previous.revision);
  }

  private releaseOf(spec: WorkloadSpec): HelmRelease {
    const name = this.config.layout === 'in-place' ? subjectName(spec) : versionName(spec);
    return { name, namespace: this.config.namespaces[spec.environment] };
  }

  private endpointOf({ name, namespace }: HelmRelease): string {
    return this.config.endpoint.replaceAll('{release}', name).replaceAll('{namespace}', namespace);
  }
}

function isOf(note: RevisionNote | null, { manifest, digest }: WorkloadSpec): boolean {
  return note?.version === manifest.version && note.digest === digest;
}

/** What was deployed before, while Helm still has it. */
function recorded(note: RevisionNote | null, history: readonly HelmRevision[]): HelmRevision | null {
  return history.find(({ revision }) => revision === note?.previousRevision) ?? null;
}

/** What the chart is given over its own values. */
export function valuesOf({ environment, digest, manifest }: WorkloadSpec): object {
  const { provider, game, version, server } = manifest;
  if (server.runtime !== 'image') throw new Error(`A ${server.runtime} server is no container image`);
  return {
    image: { repository: server.image, tag: imageTag(version) },
    service: { targetPort: server.port },
    croupier: { environment, provider, game, version, digest },
  };
}

function nameOf({ namespace, name }: HelmRelease): string {
  return `${namespace}/${name}`;
}

async function withValuesFile(values: object, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'croupier-helm-'));
  try {
    const file = join(folder, 'values.json');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(values));
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
