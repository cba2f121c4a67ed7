import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, GameVersionAnnounced } from '@croupier/contracts';
import { VersioningSchemes } from '../versioning/versioning-schemes';
import { ArtifactRegistration } from './artifact-registration';

@Controller()
export class AnnouncementConsumer {
  constructor(
    private readonly registration: ArtifactRegistration,
    private readonly schemes: VersioningSchemes,
  ) {}

  @EventPattern('game.version.announced')
  async onAnnounced(
    @Payload() event: CloudEvent<'game.version.announced', GameVersionAnnounced>,
  ): Promise<void> {
    await this.registration.settle(await this.schemes.corrected(event));
  }
}
