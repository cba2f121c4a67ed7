import { Injectable } from '@nestjs/common';
import type { RoutingUpdate } from '@croupier/contracts';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { TelemetryWindows } from '../telemetry/telemetry-windows';
import { CurrentRouting, type AppliedRouting } from './current-routing';

/** Whoever deals the players by what the follower has found: this process, or its workers. */
export abstract class Dealers {
  /** @param update what has led to `applied` from what was applied before */
  abstract dealBy(applied: AppliedRouting, update: RoutingUpdate): void;
}

/** Players are dealt by this process. */
@Injectable()
export class OwnDealing extends Dealers {
  constructor(
    private readonly routing: CurrentRouting,
    private readonly telemetry: TelemetryWindows,
    private readonly metrics: GatewayMetrics,
  ) {
    super();
  }

  dealBy(applied: AppliedRouting): void {
    this.telemetry.close();
    this.routing.swap(applied);
    this.metrics.routingVersion.set(applied.table.routingVersion);
  }
}
