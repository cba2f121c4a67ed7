import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Impact } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { VersionIdDto, versionOf } from '../versions/version-id';
import { ImpactReader } from './impact-reader';

class ImpactDto extends createZodDto(Impact) {}

@ApiTags('versions')
@Controller('v1/versions/:id/impact')
export class ImpactController {
  constructor(private readonly impact: ImpactReader) {}

  /** What breaks, what has to go first, and what is purged and migrated when the version goes to production now. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ImpactDto })
  read(@Param() { id }: VersionIdDto): Promise<Impact> {
    return this.impact.read(versionOf(id));
  }
}
