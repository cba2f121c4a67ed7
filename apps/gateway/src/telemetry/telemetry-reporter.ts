import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { TelemetryBatch } from '@croupier/contracts';
import { fullJitterMs, OutboundHttp, OutboundHttpError, ServiceAddresses } from '@croupier/service-kit';
import { GatewayConfig } from '../gateway-config';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { TelemetryWindows } from './telemetry-windows';

const WINDOW_MS = 250;
const POST_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
/** The receiver will never take these, however often they come. */
const REFUSALS = new Set([400, 413, 422]);

/** Cuts a window four times a second and posts what is due to the deployer, one post at a time. */
@Injectable()
export class TelemetryReporter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TelemetryReporter.name);
  private timer: NodeJS.Timeout | null = null;
  private posting: Promise<void> | null = null;
  private failures = 0;
  private nextAttemptAtMs = 0;

  constructor(
    private readonly windows: TelemetryWindows,
    private readonly outbound: OutboundHttp,
    private readonly addresses: ServiceAddresses,
    private readonly config: GatewayConfig,
    private readonly metrics: GatewayMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.windows.cut();
      this.metrics.telemetryWaiting.set(this.windows.waitingWindows);
      if (performance.now() >= this.nextAttemptAtMs) void this.report();
    }, WINDOW_MS);
  }

  /** Tries once more to hand over what was counted. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.posting;
    this.windows.close();
    await this.report();
  }

  /** Posts until nothing waits. While a post is under way, that one is what the caller gets. */
  private report(): Promise<void> {
    this.posting ??= this.postAll().finally(() => {
      this.posting = null;
    });
    return this.posting;
  }

  private async postAll(): Promise<void> {
    try {
      for (let due = this.windows.batch(); due.length > 0; due = this.windows.batch()) {
        await this.post({ windows: [...due] });
        this.windows.acknowledge();
      }
      if (this.failures > 0) this.logger.log('Telemetry reaches the deployer again.');
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      const delayMs = fullJitterMs(this.failures, FIRST_RETRY_MS, LONGEST_RETRY_MS);
      this.nextAttemptAtMs = performance.now() + delayMs;
      if (this.failures === 1)
        this.logger.warn(`Telemetry does not reach the deployer: ${(error as Error).message}`);
    }
  }

  private async post(batch: TelemetryBatch): Promise<void> {
    try {
      await this.outbound.postJson(`${this.addresses.url('deployer')}/v1/telemetry`, batch, {
        headers: { authorization: `Bearer ${this.config.serviceToken}` },
        timeoutMs: POST_TIMEOUT_MS,
        attempts: 1,
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Sending it again would hold up all telemetry after it, for good.
      this.metrics.telemetryRefused.inc(batch.windows.length);
      this.logger.error(`The deployer refuses ${batch.windows.length} telemetry windows: ${error.message}`);
    }
  }
}

function isRefusal(error: unknown): error is OutboundHttpError {
  return error instanceof OutboundHttpError && error.kind === 'status' && REFUSALS.has(error.status ?? 0);
}
