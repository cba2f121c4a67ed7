import { Injectable } from '@nestjs/common';
import { SERVICE_PORTS, type ServiceName } from '@croupier/contracts';
import { Environment } from './environment';

/** Where the other services answer: `<NAME>_URL`, else the default port on loopback. */
@Injectable()
export class ServiceAddresses {
  constructor(private readonly environment: Environment) {}

  /** Base URL without a trailing slash. */
  url(service: ServiceName): string {
    const configured = this.environment[`${service.toUpperCase()}_URL`];
    return (configured ?? `http://127.0.0.1:${SERVICE_PORTS[service]}`).replace(/\/$/, '');
  }
}
