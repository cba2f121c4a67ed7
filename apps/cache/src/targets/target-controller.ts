import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CacheTargetList } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { readable } from '../invalidations/target-choice';
import { TargetList } from './target-list';

class CacheTargetListDto extends createZodDto(CacheTargetList) {}

@ApiTags('targets')
@ApiBearerAuth()
@Controller('v1/targets')
export class TargetController {
  constructor(private readonly targets: TargetList) {}

  /** The caches that are purged. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: CacheTargetListDto })
  list(): CacheTargetList {
    return {
      targets: this.targets.all.map((target) => ({
        name: target.name,
        kind: target.kind,
        readable: readable(target),
      })),
    };
  }
}
