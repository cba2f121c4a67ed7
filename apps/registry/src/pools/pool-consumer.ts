import { Controller, Logger } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, ReleaseStaged, RolloutPromoted, RolloutRolledBack } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import type { GameVersion } from '../versions/version-repository';
import { poolMoves, type ReleaseNews } from './pool-moves';
import { PoolRepository } from './pool-repository';

@Controller()
export class PoolConsumer {
  private readonly logger = new Logger(PoolConsumer.name);

  constructor(
    private readonly inbox: Inbox,
    private readonly pools: PoolRepository,
  ) {}

  @EventPattern('release.staged')
  onStaged(@Payload() event: CloudEvent<'release.staged', ReleaseStaged>): Promise<void> {
    return this.apply(event, 'staged', 'staging tests are green');
  }

  @EventPattern('rollout.promoted')
  onPromoted(@Payload() event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    return this.apply(event, 'promoted', 'promoted');
  }

  @EventPattern('rollout.rolled_back')
  onRolledBack(@Payload() event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    return this.apply(event, 'rolled-back', `rolled back: ${event.data.reason}`);
  }

  private async apply(
    event: CloudEvent<string, GameVersion>,
    kind: ReleaseNews['kind'],
    reason: string,
  ): Promise<void> {
    const { data } = event;
    const at = new Date(event.time);
    await this.inbox.once(event, async (tx) => {
      const versions = await this.pools.lock(tx, data);
      if (!versions.some(({ version }) => version === data.version))
        this.logger.warn(
          `${event.type} names ${data.provider}/${data.game}@${data.version}, which is unknown`,
        );
      for (const move of poolMoves(versions, { kind, version: data.version, at, reason }))
        await this.pools.move(tx, data, move, { eventId: event.id, at });
    });
  }
}
