import { Body, Controller, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  coerceVersion,
  Slug,
  VersioningOrder,
  VersioningTrial,
  VersioningTried,
  VersioningView,
} from '@croupier/contracts';
import { Actor, ExpectedIfAny, versionTag, type Precondition, Requires } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { VersioningSchemes, type SchemeRecord } from './versioning-schemes';

class ProviderParamsDto extends createZodDto(z.object({ provider: Slug })) {}
class VersioningOrderDto extends createZodDto(VersioningOrder) {}
class VersioningViewDto extends createZodDto(VersioningView) {}
class VersioningTrialDto extends createZodDto(VersioningTrial) {}
class VersioningTriedDto extends createZodDto(VersioningTried) {}

@ApiTags('providers')
@Controller('v1')
export class VersioningController {
  constructor(private readonly schemes: VersioningSchemes) {}

  @Requires('viewer')
  @Get('providers/:provider/versioning')
  @ZodResponse({ type: VersioningViewDto })
  async one(
    @Param() { provider }: ProviderParamsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersioningView> {
    return tagged(provider, await this.schemes.of(provider), reply);
  }

  /** For versions announced from now on; what is registered keeps its version. */
  @Requires('admin')
  @Put('providers/:provider/versioning')
  @ZodResponse({ type: VersioningViewDto })
  async put(
    @Param() { provider }: ProviderParamsDto,
    @Body() { reason, ...scheme }: VersioningOrderDto,
    @ExpectedIfAny() expected: Precondition | null,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersioningView> {
    return tagged(provider, await this.schemes.put(provider, scheme, { author, reason, expected }), reply);
  }

  /** What a scheme would make of some versions. */
  @Requires('viewer')
  @Post('versioning/dry-run')
  @HttpCode(200)
  @ZodResponse({ type: VersioningTriedDto })
  try(@Body() { versions, ...scheme }: VersioningTrialDto): VersioningTried {
    return {
      versions: versions.map((originalVersion) => ({
        originalVersion,
        version: coerceVersion(originalVersion, scheme),
      })),
    };
  }
}

function tagged(
  provider: string,
  { scheme, revision, changed }: SchemeRecord,
  reply: FastifyReply,
): VersioningView {
  if (revision > 0) void reply.header('etag', versionTag(revision));
  return {
    provider,
    scheme,
    revision,
    changed: changed && { ...changed, at: changed.at.toISOString() },
  };
}
