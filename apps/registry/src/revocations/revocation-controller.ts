import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RevocationOrder, RevocationView } from '@croupier/contracts';
import { Actor, Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { Clock } from '../clock';
import { idOf, VersionIdDto, versionOf } from '../versions/version-id';
import { RevocationService } from './revocation-service';

class RevocationOrderDto extends createZodDto(RevocationOrder) {}
class RevocationViewDto extends createZodDto(RevocationView) {}

@ApiTags('versions')
@Controller('v1/versions/:id/revoke')
export class RevocationController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly revocations: RevocationService,
    private readonly clock: Clock,
  ) {}

  /** For good, and everywhere, open sessions included. A version may be revoked before it is registered. */
  @Requires('releaser')
  @Post()
  @HttpCode(200)
  @ZodResponse({ type: RevocationViewDto })
  async revoke(
    @Param() { id }: VersionIdDto,
    @Body() { reason }: RevocationOrderDto,
    @Actor() actor: string,
  ): Promise<RevocationView> {
    const version = versionOf(id);
    const order = { reason, actor, eventId: randomUUID(), at: this.clock.now() };
    const { revocation, already, registered } = await this.dataSource.transaction((tx) =>
      this.revocations.revoke(tx, version, order),
    );
    const revoked = { author: revocation.actor, reason: revocation.reason, at: revocation.at.toISOString() };
    return { id: idOf(version), already, registered, revoked };
  }
}
