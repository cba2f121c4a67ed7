import { Injectable, Logger } from '@nestjs/common';
import type { RoutingSnapshot } from '@croupier/contracts';
import { GatewayConfig } from '../gateway-config';
import { AppliedRoutingRepository } from './applied-routing-repository';
import type { AppliedRouting } from './current-routing';
import { keptSnapshotFile, type SnapshotFile } from './snapshot-file';

const MAX_UNRECORDED = 16;

/** Keeps what was applied, on disk and in the database: best effort, behind the traffic's back. */
@Injectable()
export class RoutingRecorder {
  private readonly logger = new Logger(RoutingRecorder.name);
  private readonly file: SnapshotFile | null;
  private readonly unrecorded: AppliedRouting[] = [];
  private recording: Promise<void> | null = null;

  constructor(
    private readonly repository: AppliedRoutingRepository,
    private readonly config: GatewayConfig,
  ) {
    this.file = keptSnapshotFile(config.stateDirectory);
  }

  /** The snapshot that was dealt by last, when it was kept and can be read. */
  async lastKnown(): Promise<RoutingSnapshot | null> {
    try {
      return (await this.file?.load()) ?? null;
    } catch (error) {
      this.logger.warn(`The kept routing snapshot cannot be read: ${(error as Error).message}`);
      return null;
    }
  }

  record(applied: AppliedRouting): void {
    this.unrecorded.push(applied);
    if (this.unrecorded.length > MAX_UNRECORDED) {
      const skipped = this.unrecorded.shift();
      this.logger.warn(`Routing version ${skipped?.snapshot.routingVersion} goes unrecorded: too many wait.`);
    }
    this.recording ??= this.recordAll().finally(() => {
      this.recording = null;
    });
  }

  /** Resolves when all that was applied is recorded or given up. */
  async settled(): Promise<void> {
    await this.recording;
  }

  private async recordAll(): Promise<void> {
    for (let next = this.unrecorded.shift(); next !== undefined; next = this.unrecorded.shift()) {
      const { snapshot, appliedAt } = next;
      const superseded = this.unrecorded.length > 0;
      const results = await Promise.allSettled([
        superseded ? undefined : this.file?.save(snapshot),
        this.repository.append(this.config.gatewayId, snapshot, appliedAt),
      ]);
      for (const result of results)
        if (result.status === 'rejected')
          this.logger.warn(
            `Routing version ${snapshot.routingVersion} is not recorded: ${(result.reason as Error).message}`,
          );
    }
  }
}
