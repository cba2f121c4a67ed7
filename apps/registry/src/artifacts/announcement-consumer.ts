import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, GameVersionAnnounced, ModuleReleased } from '@croupier/contracts';
import { announcedGame, announcedModule } from './announced-artifact';
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
    const corrected = await this.schemes.corrected(event);
    await this.registration.settle(corrected, announcedGame(corrected));
  }

  @EventPattern('module.released')
  onReleased(@Payload() event: CloudEvent<'module.released', ModuleReleased>): Promise<void> {
    return this.registration.settle(event, announcedModule(event));
  }
}
