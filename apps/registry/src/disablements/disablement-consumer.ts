import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, GameDisabled } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { ClearanceReview } from '../clearance/clearance-review';
import { VersioningSchemes } from '../versioning/versioning-schemes';
import { DisablementRepository } from './disablement-repository';

@Controller()
export class DisablementConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly disablements: DisablementRepository,
    private readonly schemes: VersioningSchemes,
    private readonly clearance: ClearanceReview,
  ) {}

  /** Also for versions that are registered later, until an operator lifts it. */
  @EventPattern('game.disabled')
  async onDisabled(@Payload() event: CloudEvent<'game.disabled', GameDisabled>): Promise<void> {
    const { provider, game, markets, reason, announcedAt, originalVersion } = event.data;
    await this.inbox.once(event, async (tx) => {
      const told = event.data.version;
      const version =
        told === null
          ? null
          : await this.schemes.versionOf({ provider, game, version: told, originalVersion }, tx);
      const since = new Date(announcedAt);
      await this.disablements.add(tx, { provider, game, version, markets, since, reason }, event.id);
      await this.clearance.reviewGame(tx, event.data, {
        actor: provider,
        reason: `disabled: ${reason}`,
        traceparent: event.traceparent,
      });
    });
  }
}
