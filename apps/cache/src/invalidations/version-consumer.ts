import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type {
  ClearanceChanged,
  CloudEvent,
  ReleaseStaged,
  RolloutPromoted,
  RolloutRolledBack,
} from '@croupier/contracts';
import { Invalidations } from './invalidations';

/** What changes which version is cached. */
@Controller()
export class VersionConsumer {
  constructor(private readonly invalidations: Invalidations) {}

  @EventPattern('release.staged')
  async onStaged(@Payload() event: CloudEvent<'release.staged', ReleaseStaged>): Promise<void> {
    await this.invalidations.afterEvent(event);
  }

  @EventPattern('rollout.promoted')
  async onPromoted(@Payload() event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    await this.invalidations.afterEvent(event);
  }

  @EventPattern('rollout.rolled_back')
  async onRolledBack(@Payload() event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    await this.invalidations.afterEvent(event);
  }

  @EventPattern('clearance.changed')
  async onClearance(@Payload() event: CloudEvent<'clearance.changed', ClearanceChanged>): Promise<void> {
    await this.invalidations.afterEvent(event);
  }
}
