import { Injectable } from '@nestjs/common';
import { OutboundHttp } from '@croupier/service-kit';
import { DeployerConfig } from '../deployer-config';
import { withoutSlash } from '../without-slash';
import { DeploymentTarget, type WorkloadSpec } from './deployment-target';

/** Versions that their provider runs: there is nothing to deploy, and the address is all that is needed. */
@Injectable()
export class RemoteTarget extends DeploymentTarget {
  constructor(
    private readonly http: OutboundHttp,
    private readonly config: DeployerConfig,
  ) {
    super();
  }

  async deploy({ manifest }: WorkloadSpec): Promise<{ endpoint: string }> {
    const { server } = manifest;
    if (server.runtime !== 'remote') throw new Error(`A ${server.runtime} server is not remote`);
    await Promise.all([server.url, ...(server.replicas ?? [])].map((url) => this.check(url)));
    return { endpoint: withoutSlash(server.url) };
  }

  private async check(url: string): Promise<void> {
    const { hostname } = new URL(url);
    if (!this.config.remoteServerHosts.includes(hostname))
      throw new Error(`${hostname} is not one of REMOTE_SERVER_HOSTS, whose servers players may be sent to`);
    await this.http.getBytes(`${withoutSlash(url)}/health`);
  }

  /** The provider's own business. */
  remove(): Promise<void> {
    return Promise.resolve();
  }
}
