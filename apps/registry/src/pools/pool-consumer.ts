import { Controller, Logger } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type {
  CloudEvent,
  ReleaseFailed,
  ReleaseStaged,
  RolloutPromoted,
  RolloutRolledBack,
  TrafficChanged,
} from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { lockGames } from '../game-lock';
import { VersionRepository, type GameVersion } from '../versions/version-repository';
import { PoolHistory } from './pool-history';
import type { PoolFactKind } from './pool-stays';
import { TrafficRepository } from './traffic-repository';

@Controller()
export class PoolConsumer {
  private readonly logger = new Logger(PoolConsumer.name);

  constructor(
    private readonly inbox: Inbox,
    private readonly pools: PoolHistory,
    private readonly traffic: TrafficRepository,
    private readonly versions: VersionRepository,
  ) {}

  @EventPattern('release.staged')
  onStaged(@Payload() event: CloudEvent<'release.staged', ReleaseStaged>): Promise<void> {
    return this.apply(event, 'staged', 'staging tests are green');
  }

  @EventPattern('release.failed')
  onFailed(@Payload() event: CloudEvent<'release.failed', ReleaseFailed>): Promise<void> {
    return this.apply(event, 'failed', `failed: ${event.data.reason}`);
  }

  @EventPattern('rollout.promoted')
  onPromoted(@Payload() event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    return this.apply(event, 'promoted', 'promoted');
  }

  @EventPattern('rollout.rolled_back')
  async onRolledBack(@Payload() event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    const { version, stableVersion, reason } = event.data;
    // Flags were taken back: the version itself stays where it is.
    if (version === stableVersion) return;
    await this.apply(event, 'rolled-back', `rolled back: ${reason}`);
  }

  @EventPattern('traffic.changed')
  async onTraffic(@Payload() event: CloudEvent<'traffic.changed', TrafficChanged>): Promise<void> {
    await this.inbox.once(event, (tx) => this.traffic.add(tx, event.data, new Date(event.time)));
  }

  private async apply(
    event: CloudEvent<string, GameVersion>,
    kind: PoolFactKind,
    reason: string,
  ): Promise<void> {
    const { data, id: eventId, time } = event;
    await this.inbox.once(event, async (tx) => {
      await lockGames(tx, [data]);
      if ((await this.versions.digestOf(data, tx)) === null)
        this.logger.warn(
          `${event.type} names ${data.provider}/${data.game}@${data.version}, which is unknown`,
        );
      else await this.pools.tell(tx, data, { kind, at: new Date(time), reason, eventId });
    });
  }
}
