import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { WhoAmI } from '@croupier/contracts';
import { FromCaller, Requires, type Caller } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';

class WhoAmIDto extends createZodDto(WhoAmI) {}

@ApiTags('whoami')
@ApiBearerAuth()
@Controller('v1/whoami')
export class WhoAmIController {
  /** Whom the token stands for, and what it may do. */
  @Requires('anyone', undefined, { services: true })
  @Get()
  @ZodResponse({ type: WhoAmIDto })
  whoami(@FromCaller() { kind, actor, grants, expiresAt }: Caller): WhoAmI {
    return { kind, actor, grants: [...grants], expiresAt: expiresAt?.toISOString() ?? null };
  }
}
