import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, GameVersionAnnounced, ModuleReleased } from '@croupier/contracts';
import { announcedGame, announcedModule } from './announced-artifact';
import { ArtifactRegistration } from './artifact-registration';

@Controller()
export class AnnouncementConsumer {
  constructor(private readonly registration: ArtifactRegistration) {}

  @EventPattern('game.version.announced')
  onAnnounced(@Payload() event: CloudEvent<'game.version.announced', GameVersionAnnounced>): Promise<void> {
    return this.registration.settle(event, announcedGame(event));
  }

  @EventPattern('module.released')
  onReleased(@Payload() event: CloudEvent<'module.released', ModuleReleased>): Promise<void> {
    return this.registration.settle(event, announcedModule(event));
  }
}
