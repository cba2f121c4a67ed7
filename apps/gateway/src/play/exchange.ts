import { finished } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { GatewayMetrics } from '../metrics/gateway-metrics';
import type { TelemetryWindows } from '../telemetry/telemetry-windows';
import type { OpenSession } from './open-session';

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
    private readonly open: OpenSession,
  ) {}

  /** @param onEnd also called when the player leaves before the end */
  follow(reply: FastifyReply, onEnd: () => void): void {
    finished(reply.raw, () => {
      onEnd();
      this.count(reply.raw.statusCode);
    });
  }

  /**
   * The game server gave no answer, or not all of it. It stays a failure when a second try succeeds: that spares the
   * player, and not the version.
   */
  fail(): void {
    this.upstreamFailed = true;
  }

  get failed(): boolean {
    return this.upstreamFailed;
  }

  private count(statusCode: number): void {
    const durationMs = performance.now() - this.startedAtMs;
    const failed = this.upstreamFailed || statusCode >= 500;
    const slow = durationMs > this.parts.latencyThresholdMs;
    const { session, served } = this.open;
    if (!session.chosen) this.parts.telemetry.countRequest(served, session.market, { failed, slow });
    this.parts.metrics.countRequest(served.role, failed, durationMs);
  }
}
