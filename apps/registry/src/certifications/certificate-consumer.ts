import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CloudEvent, GameCertified } from '@croupier/contracts';
import { CertificationService } from './certification-service';

@Controller()
export class CertificateConsumer {
  constructor(private readonly certification: CertificationService) {}

  @EventPattern('game.certified')
  onCertified(@Payload() event: CloudEvent<'game.certified', GameCertified>): Promise<void> {
    return this.certification.told(event);
  }
}
