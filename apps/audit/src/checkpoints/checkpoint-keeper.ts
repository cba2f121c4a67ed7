import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicTask } from '@croupier/service-kit';
import { AuditConfig } from '../audit-config';
import { ChainRepository } from '../trail/chain-repository';
import { CheckpointRepository } from './checkpoint-repository';

/** Signs the heads that have moved. Each goes to the log too, where whoever holds the database cannot take it back. */
@Injectable()
export class CheckpointKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CheckpointKeeper.name);
  private readonly task = new PeriodicTask(this.logger, 'Checkpoints are not signed for now', () =>
    this.keep(),
  );

  constructor(
    private readonly config: AuditConfig,
    private readonly chain: ChainRepository,
    private readonly checkpoints: CheckpointRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start(this.config.checkpointMs);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  async keep(): Promise<void> {
    for (const tenant of await this.chain.tenants()) {
      const head = await this.chain.head(tenant);
      if (head === null) continue;
      const at = new Date().toISOString();
      const { sequence, hash, recordedAt } = head;
      const checkpoint = this.config.signer.sign({ tenant, sequence, hash, at });
      if (await this.checkpoints.add(checkpoint, recordedAt))
        this.logger.log(`Checkpoint ${JSON.stringify(checkpoint)}`);
    }
  }
}
