import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, GameVersionAnnounced } from '@croupier/contracts';
import { ArtifactRegistration } from './artifact-registration';

@Controller()
export class AnnouncementConsumer {
  constructor(private readonly registration: ArtifactRegistration) {}

  @EventPattern('game.version.announced')
  onAnnounced(@Payload() event: CloudEvent<'game.version.announced', GameVersionAnnounced>): Promise<void> {
    return this.registration.settle(event);
  }
}
