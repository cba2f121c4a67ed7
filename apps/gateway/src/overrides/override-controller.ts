import { Body, Controller, Get, HttpCode, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { gameVersionId, Reason, SemVer, Slug, subjectId, Timestamp } from '@croupier/contracts';
import { Actor, AuditTrail, ExpectedIfAny, Requires, type Precondition } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { ZodResponse, createZodDto } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { GatewayConfig } from '../gateway-config';
import { KeptTesters, testersTag } from './kept-testers';
import { OverrideGrants } from './override-grants';
import { Testers } from './testers';

const LONGEST_SECONDS = 30 * 24 * 3_600;

class GrantRequest extends createZodDto(
  z.strictObject({
    provider: Slug,
    game: Slug,
    version: SemVer,
    ttlSeconds: z.int().min(1).max(LONGEST_SECONDS).default(3_600),
  }),
) {}

class Grant extends createZodDto(
  z.object({
    /** For `x-croupier-override`, or the cookie `croupier-override`, of a launch. */
    grant: z.string(),
    expiresAt: Timestamp,
    /** Path on the gateway under which the version answers, without a session. */
    previewPath: z.string(),
  }),
) {}

class TestersDto extends createZodDto(Testers) {}
class TestersOrderDto extends createZodDto(Testers.extend({ reason: Reason.optional() })) {}

/** Who may get a version that the weights would not give. */
@ApiTags('overrides')
@Controller('v1/overrides')
export class OverrideController {
  private readonly grants: OverrideGrants;

  constructor(
    { sessionSecret }: GatewayConfig,
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
    private readonly kept: KeptTesters,
  ) {
    this.grants = new OverrideGrants(sessionSecret);
  }

  /** A grant to get this version, for as long as it is routed. */
  @Requires('operator')
  @Post('grants')
  @HttpCode(201)
  @ZodResponse({ status: 201, type: Grant })
  async grant(
    @Body() { ttlSeconds, ...override }: GrantRequest,
    @Actor() actor: string,
  ): Promise<z.infer<typeof Grant.schema>> {
    const { grant, expiresAt } = this.grants.issue(override, ttlSeconds);
    const { provider, game, version } = override;
    const object = { type: 'version', id: gameVersionId(subjectId(provider, game), version) };
    const change = { provider, actor, action: 'override.granted', object, after: { expiresAt } };
    await this.dataSource.transaction((tx) => this.audit.record(tx, change));
    return { grant, expiresAt: expiresAt.toISOString(), previewPath: `/preview/${grant}/` };
  }

  /** The testers of this gateway. */
  @Requires('viewer')
  @Get('testers')
  @ZodResponse({ status: 200, type: TestersDto })
  async testers(@Res({ passthrough: true }) reply: FastifyReply): Promise<Testers> {
    return tagged(await this.kept.find(), reply);
  }

  /** Replaces the testers of this gateway; its workers know within a second. */
  @Requires('operator')
  @Put('testers')
  @ZodResponse({ status: 200, type: TestersDto })
  async replaceTesters(
    @Body() { reason, ...testers }: TestersOrderDto,
    @ExpectedIfAny() expected: Precondition | null,
    @Actor() actor: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Testers> {
    await this.kept.replace({ testers, actor, reason, expected });
    return tagged(testers, reply);
  }
}

function tagged(testers: Testers, reply: FastifyReply): Testers {
  void reply.header('etag', testersTag(testers));
  return testers;
}
