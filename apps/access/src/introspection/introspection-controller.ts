import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { IntrospectionRequest, type Introspection } from '@croupier/contracts';
import { RequiresService } from '@croupier/service-kit';
import { createZodDto } from 'nestjs-zod';
import { Introspections } from './introspections';

class IntrospectionRequestDto extends createZodDto(IntrospectionRequest) {}

@ApiTags('introspection')
@ApiBearerAuth()
@Controller('v1/introspect')
export class IntrospectionController {
  constructor(private readonly introspections: Introspections) {}

  /** OAuth 2.0 Token Introspection (RFC 7662). */
  @RequiresService()
  @Post()
  @HttpCode(200)
  @ApiConsumes('application/x-www-form-urlencoded')
  introspect(@Body() { token }: IntrospectionRequestDto): Promise<Introspection> {
    return this.introspections.of(token);
  }
}
