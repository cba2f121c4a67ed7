import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  AccessTokenId,
  AccessTokenOrder,
  AccessTokenPage,
  AccessTokenRevocation,
  AccessTokenRotation,
  AccessTokenShown,
  AccessTokenView,
} from '@croupier/contracts';
import { Actor, FromCaller, PageQuery, Requires, type Caller, type Page } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Tokens } from './tokens';

class TokenIdDto extends createZodDto(z.object({ id: AccessTokenId })) {}
class TokenOrderDto extends createZodDto(AccessTokenOrder) {}
class TokenRotationDto extends createZodDto(AccessTokenRotation) {}
class TokenRevocationDto extends createZodDto(AccessTokenRevocation) {}
class TokenViewDto extends createZodDto(AccessTokenView) {}
class TokenShownDto extends createZodDto(AccessTokenShown) {}
class TokenPageQueryDto extends createZodDto(PageQuery) {}
class TokenPageDto extends createZodDto(AccessTokenPage) {}

/** No POST takes an Idempotency-Key: its answer would be kept, with the secret in it. */
@ApiTags('tokens')
@ApiBearerAuth()
@Controller('v1/tokens')
export class TokenController {
  constructor(private readonly tokens: Tokens) {}

  /** Newest first; without secrets. */
  @Requires('admin')
  @Get()
  @ZodResponse({ type: TokenPageDto })
  list(@Query() query: TokenPageQueryDto, @Req() { url }: FastifyRequest): Promise<Page<AccessTokenView>> {
    return this.tokens.page({ ...query, url });
  }

  /** The secret is in the answer, and is never shown again. */
  @Requires('admin')
  @Post()
  @Header('cache-control', 'no-store')
  @ZodResponse({ status: 201, type: TokenShownDto })
  create(
    @Body() order: TokenOrderDto,
    @FromCaller() { grants }: Caller,
    @Actor() actor: string,
  ): Promise<AccessTokenShown> {
    return this.tokens.create(order, { actor, grants });
  }

  @Requires('admin')
  @Get(':id')
  @ZodResponse({ type: TokenViewDto })
  one(@Param() { id }: TokenIdDto): Promise<AccessTokenView> {
    return this.tokens.one(id);
  }

  /** Another secret for the same token, with another end. */
  @Requires('admin')
  @Post(':id/rotate')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ZodResponse({ status: 200, type: TokenShownDto })
  rotate(
    @Param() { id }: TokenIdDto,
    @Body() rotation: TokenRotationDto,
    @FromCaller() { grants }: Caller,
    @Actor() actor: string,
  ): Promise<AccessTokenShown> {
    return this.tokens.rotate(id, rotation, { actor, grants });
  }

  /** For good, within seconds. What was revoked stays revoked. */
  @Requires('admin')
  @Delete(':id')
  @HttpCode(204)
  revoke(
    @Param() { id }: TokenIdDto,
    @Query() { reason }: TokenRevocationDto,
    @Actor() actor: string,
  ): Promise<void> {
    return this.tokens.revoke(id, actor, reason);
  }
}
