import { Injectable } from '@nestjs/common';
import { Metrics } from '@croupier/service-kit';
import type { PinnedVersion } from '@croupier/routing';

type Role = PinnedVersion['role'];

const ROLES = ['stable', 'canary', 'fallback', 'draining'] as const satisfies readonly Role[];

/** Finding a series by its labels costs more than counting, so each is found once. */
function byRole<Series>(series: (role: Role) => Series): Readonly<Record<Role, Series>> {
  return Object.fromEntries(ROLES.map((role) => [role, series(role)])) as Record<Role, Series>;
}

/** All of a gateway's own metrics begin so; what there is of any process does not. */
export const PREFIX = 'gateway_';

/** By role, not by version: the label set stays the same however many versions there are. */
@Injectable()
export class GatewayMetrics {
  readonly routingVersion;
  readonly telemetryWaiting;
  readonly telemetryRefused;
  /** Told when it is asked for: a counter of the library takes longer than to deal. */
  private readonly launches: Record<Role, number> = { stable: 0, canary: 0, fallback: 0, draining: 0 };
  private readonly retries;
  private readonly mirrored;
  private ejected: () => number = () => 0;
  private readonly answered;
  private readonly failed;
  private readonly duration;

  constructor(metrics: Metrics) {
    this.routingVersion = metrics.gauge({
      name: 'gateway_routing_version',
      help: 'Version of the routing snapshot that traffic is dealt by',
      // Of several workers, the one that is furthest behind.
      aggregator: 'min',
    });
    this.telemetryWaiting = metrics.gauge({
      name: 'gateway_telemetry_waiting_windows',
      help: 'Telemetry windows that the deployer has not acknowledged',
    });
    this.telemetryRefused = metrics.counter({
      name: 'gateway_telemetry_refused_windows_total',
      help: 'Telemetry windows that the deployer called invalid; their counts are lost',
    });
    this.retries = metrics.counter({
      name: 'gateway_retries_total',
      help: 'Player requests that were sent to a game server once more',
    });
    const mirrored = metrics.counter({
      name: 'gateway_mirrored_requests_total',
      help: 'Copies of player requests for a canary; dropped when too many were under way',
      labelNames: ['outcome'],
    });
    this.mirrored = {
      sent: mirrored.labels({ outcome: 'sent' }),
      dropped: mirrored.labels({ outcome: 'dropped' }),
    };
    const ejected = (): number => this.ejected();
    metrics.gauge({
      name: 'gateway_ejected_upstreams',
      help: 'Game servers that get no requests for a while because they failed',
      collect() {
        this.set(ejected());
      },
    });
    const { launches } = this;
    metrics.counter({
      name: 'gateway_launches_total',
      help: 'Sessions dealt, by role of the version',
      labelNames: ['role'],
      collect() {
        this.reset();
        for (const role of ROLES) this.inc({ role }, launches[role]);
      },
    });
    const requests = metrics.counter({
      name: 'gateway_requests_total',
      help: 'Player requests, by role of the version and outcome',
      labelNames: ['role', 'outcome'],
    });
    const duration = metrics.histogram({
      name: 'gateway_request_duration_seconds',
      help: 'Time from a player request to the end of its response, by role of the version',
      labelNames: ['role'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10],
    });
    this.answered = byRole((role) => requests.labels({ role, outcome: 'ok' }));
    this.failed = byRole((role) => requests.labels({ role, outcome: 'error' }));
    this.duration = byRole((role) => duration.labels({ role }));
  }

  countLaunch(role: Role): void {
    this.launches[role] += 1;
  }

  countRetry(): void {
    this.retries.inc();
  }

  countMirrored(sent: boolean): void {
    (sent ? this.mirrored.sent : this.mirrored.dropped).inc();
  }

  /** @param ejected how many there are whenever it is asked for */
  watchEjected(ejected: () => number): void {
    this.ejected = ejected;
  }

  countRequest(role: Role, failed: boolean, durationMs: number): void {
    (failed ? this.failed : this.answered)[role].inc();
    this.duration[role].observe(durationMs / 1000);
  }
}
