import { finished } from 'node:stream';
import type { PinnedVersion } from '@croupier/routing';
import type { FastifyReply } from 'fastify';
import type { GatewayMetrics } from '../metrics/gateway-metrics';
import type { Session } from '../sessions/session-tokens';
import type { TelemetryWindows } from '../telemetry/telemetry-windows';

export interface ExchangeParts {
  readonly telemetry: TelemetryWindows;
  readonly metrics: GatewayMetrics;
  readonly latencyThresholdMs: number;
}

/** One player request from here to the game server and back, counted once when its response has ended. */
export class Exchange {
  private readonly startedAtMs = performance.now();
  private upstreamFailed = false;

  constructor(
    private readonly parts: ExchangeParts,
    private readonly session: Session,
    private readonly pinned: PinnedVersion,
  ) {}

  /** @param onEnd also called when the player leaves before the end */
  follow(reply: FastifyReply, onEnd: () => void): void {
    finished(reply.raw, () => {
      onEnd();
      this.count(reply.raw.statusCode);
    });
  }

  /** The game server gave no answer, or not all of it. */
  fail(): void {
    this.upstreamFailed = true;
  }

  private count(statusCode: number): void {
    const durationMs = performance.now() - this.startedAtMs;
    const failed = this.upstreamFailed || statusCode >= 500;
    const slow = durationMs > this.parts.latencyThresholdMs;
    this.parts.telemetry.countRequest(this.session, { failed, slow });
    this.parts.metrics.countRequest(this.pinned.role, failed, durationMs);
  }
}
