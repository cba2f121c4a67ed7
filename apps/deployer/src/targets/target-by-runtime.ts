import { Injectable } from '@nestjs/common';
import { DeploymentTarget, type DeploymentCause, type WorkloadSpec } from './deployment-target';
import { GitOpsTarget } from './gitops/gitops-target';
import { HelmTarget } from './helm/helm-target';
import { LocalTarget } from './local-target';
import { RemoteTarget } from './remote-target';
import { StaticTarget } from './static/static-target';
import { TargetConfig } from './target-config';

/** Each version goes where its manifest says that it runs; images go where the configuration says. */
@Injectable()
export class TargetByRuntime extends DeploymentTarget {
  constructor(
    private readonly config: TargetConfig,
    private readonly local: LocalTarget,
    private readonly remote: RemoteTarget,
    private readonly helm: HelmTarget,
    private readonly gitOps: GitOpsTarget,
    private readonly files: StaticTarget,
  ) {
    super();
  }

  deploy(spec: WorkloadSpec, cause: DeploymentCause): Promise<{ endpoint: string }> {
    return this.of(spec).deploy(spec, cause);
  }

  remove(spec: WorkloadSpec, cause: DeploymentCause): Promise<void> {
    return this.of(spec).remove(spec, cause);
  }

  override onLost(listener: (spec: WorkloadSpec, reason: string) => void): void {
    this.local.onLost(listener);
  }

  private of({ manifest: { provider, game, server } }: WorkloadSpec): DeploymentTarget {
    switch (server.runtime) {
      case 'node':
        return this.local;
      case 'remote':
        return this.remote;
      case 'static':
        return this.files;
      case 'image':
        return this.ofImage(provider, game);
      default:
        return server satisfies never;
    }
  }

  private ofImage(provider: string, game: string): DeploymentTarget {
    const name = this.config.imageTargets.of(provider, game);
    if (name === undefined)
      throw new Error(
        `${provider}/${game} is a container image, and IMAGE_TARGETS names nobody who deploys it`,
      );
    return { helm: this.helm, gitops: this.gitOps }[name];
  }
}
