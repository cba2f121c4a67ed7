import { randomUUID } from 'node:crypto';
import { cp, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ArtifactStore } from '../artifact-store';
import { DeploymentTarget, type WorkloadSpec } from '../deployment-target';
import { isComplete } from '../verified-files';
import { StaticConfig } from './static-config';

/**
 * Frontend bundles on a file system that a web server or a CDN reads. A bundle's address holds its digest and never
 * changes what it says, so that it may be cached for good; the pointer is what changes, and is cached for seconds. What is
 * pointed to is always there before: files, then manifest, then pointer.
 */
@Injectable()
export class StaticTarget extends DeploymentTarget {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly config: StaticConfig,
  ) {
    super();
  }

  async deploy(spec: WorkloadSpec): Promise<{ endpoint: string }> {
    const bundle = await this.publishBundle(spec);
    await this.publishManifest(spec);
    await this.publishPointer(spec);
    return { endpoint: `${this.config.baseUrl}/${bundle}` };
  }

  /** The version is pointed to no more. Its bundle stays: somebody may have opened it. */
  async remove({ environment, manifest }: WorkloadSpec): Promise<void> {
    await rm(join(this.root, pointerOf(environment, manifest)), { force: true });
  }

  private get root(): string {
    if (this.config.root === undefined)
      throw new Error('STATIC_ROOT says where frontend bundles are published, and is not set');
    return this.config.root;
  }

  private async publishBundle({ digest, manifestUrl, manifest }: WorkloadSpec): Promise<string> {
    const path = `bundles/${digest}`;
    const folder = join(this.root, path);
    if (await isComplete(folder, manifest)) return path;
    const source = await this.artifacts.folderOf(digest, manifestUrl, manifest);
    const partial = `${folder}.${randomUUID()}.partial`;
    await mkdir(dirname(folder), { recursive: true });
    await cp(source, partial, { recursive: true });
    if (!(await isComplete(partial, manifest)))
      throw new Error(`The copy of ${digest} is not what was registered`);
    // Whatever is there is not complete.
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return path;
  }

  private async publishManifest({ digest, manifest }: WorkloadSpec): Promise<void> {
    await this.replace(manifestOf(digest), manifest);
  }

  private async publishPointer({ environment, digest, manifest }: WorkloadSpec): Promise<void> {
    if (!(await isComplete(join(this.root, `bundles/${digest}`), manifest)))
      throw new Error(`The bundle ${digest} is not complete: nothing may point to it`);
    const { version, client } = manifest;
    if (!client) throw new Error(`The manifest ${digest} names no first page: a frontend has one`);
    await this.replace(pointerOf(environment, manifest), {
      version,
      digest,
      manifest: `${this.config.baseUrl}/${manifestOf(digest)}`,
      entry: `${this.config.baseUrl}/bundles/${digest}/${client.entry}`,
    });
  }

  /** In one step: readers see the old file or the new one, also after the power has failed. */
  private async replace(path: string, content: object): Promise<void> {
    const target = join(this.root, path);
    const partial = `${target}.${randomUUID()}.partial`;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(partial, `${JSON.stringify(content)}\n`);
    const file = await open(partial);
    await file.sync().finally(() => file.close());
    await rename(partial, target);
  }
}

function manifestOf(digest: string): string {
  return `manifests/${digest}.json`;
}

function pointerOf(environment: string, { provider, game, version }: WorkloadSpec['manifest']): string {
  return `pointers/${environment}/${provider}/${game}/${version}.json`;
}
