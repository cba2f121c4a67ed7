import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type {
  CloudEvent,
  FlagRequested,
  ReleaseFailed,
  RolloutPromoted,
  RolloutRolledBack,
} from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { ReleaseFlags } from './release-flags';

@Controller()
export class RolloutConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly releaseFlags: ReleaseFlags,
  ) {}

  @EventPattern('flag.requested')
  async onFlagRequested(@Payload() event: CloudEvent<'flag.requested', FlagRequested>): Promise<void> {
    await this.inbox.once(event, (tx) => this.releaseFlags.requested(tx, event.data));
  }

  @EventPattern('rollout.promoted')
  async onPromoted(@Payload() event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    await this.inbox.once(event, (tx) => this.releaseFlags.promoted(tx, event.data));
  }

  @EventPattern('rollout.rolled_back')
  async onRolledBack(@Payload() event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    await this.inbox.once(event, (tx) => this.releaseFlags.rolledBack(tx, event.data));
  }

  @EventPattern('release.failed')
  async onFailed(@Payload() event: CloudEvent<'release.failed', ReleaseFailed>): Promise<void> {
    await this.inbox.once(event, (tx) => this.releaseFlags.failed(tx, event.data));
  }
}
