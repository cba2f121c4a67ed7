import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { guardedConnector, OutboundHttpError } from '@croupier/service-kit';
import { Agent, type Dispatcher } from 'undici';
import { AlertsConfig } from '../../alerts-config';

const CONNECT_TIMEOUT_MS = 2_000;

/** To whatever a channel names, and to nothing inside: each connection is judged, those of redirects too. */
@Injectable()
export class AlertConnections implements OnApplicationShutdown {
  readonly dispatcher: Dispatcher;

  constructor({ addresses }: AlertsConfig) {
    this.dispatcher = new Agent({
      connect: guardedConnector(addresses, CONNECT_TIMEOUT_MS),
      connections: 16,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.destroy();
  }
}

/** Why the address of a call is not allowed; null for every other fault. */
export function forbiddenAddress(error: unknown): string | null {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each instanceof OutboundHttpError && each.kind === 'forbidden') return each.message;
  return null;
}
