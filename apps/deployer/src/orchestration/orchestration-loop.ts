import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Orchestrator, type Clock } from '@croupier/orchestrator';
import { PeriodicTask } from '@croupier/service-kit';
import { DeployerConfig } from '../deployer-config';
import { WorkloadEffects } from '../effects/workload-effects';
import { FreezeService } from '../freezes/freeze-service';
import { LeaseRepository } from '../leases/lease-repository';
import { PostgresReleaseStore } from '../releases/release-store';
import { TelemetryRepository } from '../telemetry/telemetry-repository';
import { OrchestrationObserver } from './orchestration-observer';

/** News wakes the loop sooner; this is for time, and for what other replicas did. */
const PASS_EVERY_MS = 250;
const RENEW_EVERY_MS = 1_000;

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), random: () => Math.random() };

/** Turns the orchestrator: one pass at a time, and leases renewed beside it. */
@Injectable()
export class OrchestrationLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OrchestrationLoop.name);
  private readonly orchestrator: Orchestrator;
  /** Whatever wakes it: a pass is nobody's request, and its log must not say so. */
  private readonly pass = AsyncResource.bind(() => this.orchestrator.pass());
  private readonly renewal = new PeriodicTask(this.logger, 'The leases are not renewed', () =>
    this.orchestrator.renewLeases(),
  );
  private timer: NodeJS.Timeout | undefined;
  private passing: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    leases: LeaseRepository,
    releases: PostgresReleaseStore,
    telemetry: TelemetryRepository,
    effects: WorkloadEffects,
    freezes: FreezeService,
    observer: OrchestrationObserver,
    config: DeployerConfig,
  ) {
    this.orchestrator = new Orchestrator(
      { leases, releases, telemetry, effects, freezes, observer, clock: SYSTEM_CLOCK },
      {
        replicaId: randomUUID(),
        startingAtOnce: config.startingAtOnce,
        wake: () => this.wake(),
      },
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.renewal.run();
    this.renewal.start(RENEW_EVERY_MS);
    this.timer = setInterval(() => this.wake(), PASS_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.renewal.stop();
    await this.passing;
    await this.orchestrator
      .stop()
      .catch((error: Error) => this.logger.warn(`The leases end by themselves: ${error.message}`));
  }

  /** Runs a pass now, or once more after the one under way. */
  wake(): void {
    if (this.stopped) return;
    if (this.passing) {
      this.again = true;
      return;
    }
    this.passing = this.pass()
      .catch((error: unknown) =>
        this.logger.warn(`A pass over the releases failed: ${(error as Error).message}`),
      )
      .finally(() => {
        this.passing = null;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }
}
