import { Injectable } from '@nestjs/common';
import { RoutingUpdate } from '@croupier/contracts';
import { OutboundHttp, ServiceAddresses } from '@croupier/service-kit';
import { GatewayConfig } from '../gateway-config';

const WAIT_MS = 10_000;
const TIMEOUT_MS = WAIT_MS + 5_000;
const MAX_UPDATE_BYTES = 64 * 1024 * 1024;

/** The deployer's routing, by long poll. */
@Injectable()
export class DeployerRouting {
  constructor(
    private readonly outbound: OutboundHttp,
    private readonly addresses: ServiceAddresses,
    private readonly config: GatewayConfig,
  ) {}

  /** What has changed since `version`, as soon as something has; null when nothing did in time. */
  async newerThan(version: number): Promise<RoutingUpdate | null> {
    const url = `${this.addresses.url('deployer')}/v1/routing?after=${version}&waitMs=${WAIT_MS}`;
    const answer = await this.outbound.get(url, {
      headers: { authorization: `Bearer ${this.config.serviceToken}` },
      timeoutMs: TIMEOUT_MS,
      attempts: 1,
      maxBytes: MAX_UPDATE_BYTES,
    });
    if (answer.status === 204) return null;
    return RoutingUpdate.parse(JSON.parse(answer.body.toString('utf8')));
  }
}
