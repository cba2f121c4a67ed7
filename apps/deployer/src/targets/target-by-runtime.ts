import { Injectable } from '@nestjs/common';
import { DeploymentTarget, type WorkloadSpec } from './deployment-target';
import { LocalTarget } from './local-target';
import { RemoteTarget } from './remote-target';

/** Each version goes where its manifest says that it runs. */
@Injectable()
export class TargetByRuntime extends DeploymentTarget {
  constructor(
    private readonly local: LocalTarget,
    private readonly remote: RemoteTarget,
  ) {
    super();
  }

  deploy(spec: WorkloadSpec): Promise<{ endpoint: string }> {
    return this.of(spec).deploy(spec);
  }

  remove(spec: WorkloadSpec): Promise<void> {
    return this.of(spec).remove(spec);
  }

  onLost(listener: (spec: WorkloadSpec, reason: string) => void): void {
    this.local.onLost(listener);
  }

  private of({ manifest }: WorkloadSpec): LocalTarget | RemoteTarget {
    return manifest.server.runtime === 'node' ? this.local : this.remote;
  }
}
