import type { TelemetryWindow } from '@croupier/contracts';
import type { CurrentRouting } from '../routing/current-routing';
import { LiveCounts, type RequestOutcome, type Served } from './live-counts';
import { TelemetryBacklog } from './telemetry-backlog';

/** An empty window is worth sending this often: it shows that the gateway lives and what it deals by. */
const HEARTBEAT_MS = 1_000;

/** Counts what players get, and cuts it into windows. */
export class TelemetryWindows {
  private readonly live = new LiveCounts();
  private readonly backlog: TelemetryBacklog;
  private openedAtMs: number;
  private reportedRoutingVersion = -1;

  constructor(
    gatewayId: string,
    private readonly routing: Pick<CurrentRouting, 'version'>,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.backlog = new TelemetryBacklog(gatewayId);
    this.openedAtMs = nowMs();
  }

  get waitingWindows(): number {
    return this.backlog.size;
  }

  countLaunch(served: Served): void {
    this.live.countLaunch(served);
  }

  countRequest(served: Served, outcome: RequestOutcome): void {
    this.live.countRequest(served, outcome);
  }

  /** Ends the window. To be called before routing is swapped, too, so that no window spans two snapshots. */
  close(): void {
    const closedAtMs = this.nowMs();
    const counts = this.live.drain();
    const routingVersion = this.routing.version;
    const newsworthy =
      counts.length > 0 ||
      routingVersion !== this.reportedRoutingVersion ||
      closedAtMs - this.openedAtMs >= HEARTBEAT_MS;
    if (!newsworthy) return;
    this.backlog.add({
      startedAt: new Date(this.openedAtMs).toISOString(),
      endedAt: new Date(closedAtMs).toISOString(),
      routingVersion,
      counts,
    });
    this.openedAtMs = closedAtMs;
    this.reportedRoutingVersion = routingVersion;
  }

  batch(): readonly TelemetryWindow[] {
    return this.backlog.batch();
  }

  acknowledge(): void {
    this.backlog.acknowledge();
  }
}
