import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { BaseConfig, Environment, loadConfig } from '../config/environment';
import { ServiceAddresses } from '../config/service-addresses';
import { GuardedHttp } from './guarded/guarded-http';
import { InternalHosts } from './guarded/internal-hosts';
import { OutboundHttp } from './outbound-http';

const Settings = z.object({
  ...BaseConfig.pick({ SERVICE_TOKEN: true }).shape,
  ARTIFACT_INTERNAL_HOSTS: InternalHosts,
});

export interface VersionFileOptions {
  readonly maxBytes: number;
  /** For one attempt. */
  readonly timeoutMs: number;
  readonly attempts: number;
}

/**
 * Files of registered versions, for services beside the registry. They lie where a provider said: the same addresses
 * are refused as by the registry, for a name may lead elsewhere by now. What the registry alone can reach, it passes on.
 */
@Injectable()
export class VersionFiles implements OnApplicationShutdown {
  private readonly registry: string;
  private readonly authorization: string;
  private readonly guarded: GuardedHttp;

  constructor(
    private readonly http: OutboundHttp,
    addresses: ServiceAddresses,
    environment: Environment,
  ) {
    const settings = loadConfig(Settings, environment);
    this.registry = new URL(addresses.url('registry')).origin;
    this.authorization = `Bearer ${settings.SERVICE_TOKEN}`;
    this.guarded = new GuardedHttp(settings.ARTIFACT_INTERNAL_HOSTS);
  }

  /** @throws OutboundHttpError */
  async get(url: string, { maxBytes, timeoutMs, attempts }: VersionFileOptions): Promise<Buffer> {
    // Providers never see the token.
    if (new URL(url).origin === this.registry) {
      const headers = { authorization: this.authorization };
      return this.http.getBytes(url, { headers, maxBytes, timeoutMs, attempts });
    }
    return (await this.guarded.get(url, { maxBytes, deadlineMs: timeoutMs, attempts })).body;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.guarded.close();
  }
}
