import type { TelemetryCount, TelemetryWindow } from '@croupier/contracts';
import type { CurrentRouting } from '../routing/current-routing';
import { LiveCounts, type RequestOutcome, type Served } from './live-counts';
import { TelemetryBacklog } from './telemetry-backlog';

/** An empty window is worth sending this often: it shows that the gateway lives and what it deals by. */
const HEARTBEAT_MS = 1_000;
/** Numbers that go along with every window, whoever waits for them. */
const FEW_COUNTS = 500;
/** How long more than these are gathered: thousands of games are played in as many markets, and few change. */
const GATHER_MS = 5_000;

/**
 * Counts what players get, and cuts it into windows. Versions that are compared with others are in the window in which
 * they were counted. Those of subjects that have one version alone may be gathered for longer, in windows of their own.
 */
export class TelemetryWindows {
  private readonly compared = new LiveCounts();
  private readonly alone = new LiveCounts();
  private readonly backlog: TelemetryBacklog;
  private openedAtMs: number;
  private aloneSinceMs: number;
  private reportedRoutingVersion = -1;

  constructor(
    gatewayId: string,
    private readonly routing: Pick<CurrentRouting, 'version'>,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.backlog = new TelemetryBacklog(gatewayId);
    this.openedAtMs = nowMs();
    this.aloneSinceMs = this.openedAtMs;
  }

  get waitingWindows(): number {
    return this.backlog.size;
  }

  /** @param column of the market, in the table that the version is routed by */
  countLaunch(served: Served, column: number): void {
    this.countsOf(served).countLaunch(served, column);
  }

  countRequest(served: Served, market: string, outcome: RequestOutcome): void {
    this.countsOf(served).countRequest(served, market, outcome);
  }

  /** Ends the window, as is due every now and then. */
  cut(): void {
    const now = this.nowMs();
    if (this.alone.size <= FEW_COUNTS || now - this.aloneSinceMs >= GATHER_MS) this.closeAlone(now);
    this.closeCompared(now);
  }

  /** Ends all windows. To be called before routing is swapped, too, so that no window spans two snapshots. */
  close(): void {
    const now = this.nowMs();
    this.closeAlone(now);
    this.closeCompared(now);
  }

  batch(): readonly TelemetryWindow[] {
    return this.backlog.batch();
  }

  acknowledge(): void {
    this.backlog.acknowledge();
  }

  private countsOf({ compared }: Served): LiveCounts {
    return compared ? this.compared : this.alone;
  }

  private closeAlone(now: number): void {
    if (this.alone.size > 0) this.add(this.aloneSinceMs, now, this.alone.drain());
    this.aloneSinceMs = now;
  }

  private closeCompared(now: number): void {
    const newsworthy =
      this.compared.size > 0 ||
      this.routing.version !== this.reportedRoutingVersion ||
      now - this.openedAtMs >= HEARTBEAT_MS;
    if (!newsworthy) return;
    this.add(this.openedAtMs, now, this.compared.drain());
    this.openedAtMs = now;
  }

  private add(startedAtMs: number, endedAtMs: number, counts: TelemetryCount[]): void {
    const routingVersion = this.routing.version;
    this.backlog.add({
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: new Date(endedAtMs).toISOString(),
      routingVersion,
      counts,
    });
    this.reportedRoutingVersion = routingVersion;
  }
}
