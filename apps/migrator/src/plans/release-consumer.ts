import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type {
  CloudEvent,
  ReleaseFailed,
  ReleaseStaged,
  RolloutPromoted,
  RolloutRolledBack,
  RollbackCompleted,
} from '@croupier/contracts';
import { ContractSchedule } from '../contracts/contract-schedule';
import { MigrationRunner } from './migration-runner';
import { MigrationUndo } from './migration-undo';

@Controller()
export class ReleaseConsumer {
  constructor(
    private readonly runner: MigrationRunner,
    private readonly undo: MigrationUndo,
    private readonly contracts: ContractSchedule,
  ) {}

  @EventPattern('release.staged')
  async onStaged(@Payload() event: CloudEvent<'release.staged', ReleaseStaged>): Promise<void> {
    await this.runner.migrate(event);
  }

  @EventPattern('release.failed')
  async onFailed(@Payload() event: CloudEvent<'release.failed', ReleaseFailed>): Promise<void> {
    await this.undo.revert(event);
  }

  @EventPattern('rollout.promoted')
  async onPromoted(@Payload() event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    await this.contracts.promoted(event);
  }

  @EventPattern('rollout.rolled_back')
  async onRolledBack(@Payload() event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    await this.undo.rolledBack(event);
  }

  @EventPattern('rollback.completed')
  async onRollbackCompleted(
    @Payload() event: CloudEvent<'rollback.completed', RollbackCompleted>,
  ): Promise<void> {
    await this.undo.revert(event);
  }
}
