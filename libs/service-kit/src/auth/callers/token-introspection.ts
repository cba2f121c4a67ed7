import { Injectable } from '@nestjs/common';
import { Introspection } from '@croupier/contracts';
import { ServiceAddresses } from '../../config/service-addresses';
import { OutboundHttp } from '../../outbound/outbound-http';
import { AuthConfig } from '../auth-config';

const TIMEOUT_MS = 1_500;
const ATTEMPTS = 2;
const MAX_BYTES = 64 * 1024;

/** Asks the access service about a token (RFC 7662, 2.1). */
@Injectable()
export class TokenIntrospection {
  constructor(
    private readonly outbound: OutboundHttp,
    private readonly addresses: ServiceAddresses,
    private readonly config: AuthConfig,
  ) {}

  /** @throws OutboundHttpError when nobody can be asked now */
  async introspect(token: string): Promise<Introspection> {
    const { body } = await this.outbound.post(
      `${this.addresses.url('access')}/v1/introspect`,
      new URLSearchParams({ token }).toString(),
      {
        headers: {
          authorization: `Bearer ${this.config.serviceToken}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        timeoutMs: TIMEOUT_MS,
        attempts: ATTEMPTS,
        maxBytes: MAX_BYTES,
      },
    );
    return Introspection.parse(JSON.parse(body.toString('utf8')));
  }
}
