import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, RolloutPromoted, RolloutRolledBack } from '@croupier/contracts';
import { Invalidator } from './invalidator';

@Controller()
export class RolloutConsumer {
  constructor(private readonly invalidator: Invalidator) {}

  @EventPattern('rollout.promoted')
  async onPromoted(@Payload() event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    await this.invalidator.afterRollout(event);
  }

  @EventPattern('rollout.rolled_back')
  async onRolledBack(@Payload() event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    await this.invalidator.afterRollout(event);
  }
}
