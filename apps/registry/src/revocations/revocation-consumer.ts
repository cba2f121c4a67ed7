import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, ReleaseRevoked } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { VersioningSchemes } from '../versioning/versioning-schemes';
import { RevocationService } from './revocation-service';

@Controller()
export class RevocationConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly schemes: VersioningSchemes,
    private readonly revocations: RevocationService,
  ) {}

  @EventPattern('release.revoked')
  async onRevoked(@Payload() event: CloudEvent<'release.revoked', ReleaseRevoked>): Promise<void> {
    const { provider, reason } = event.data;
    await this.inbox.once(event, async (tx) => {
      const version = { ...event.data, version: await this.schemes.versionOf(event.data, tx) };
      const revocation = { reason, actor: provider, eventId: event.id, at: new Date(event.time) };
      await this.revocations.revoke(tx, version, revocation, event.traceparent);
    });
  }
}
