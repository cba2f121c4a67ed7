import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  ChangeProviderRequest,
  PauseRequest,
  ProviderSecret,
  ProviderSummary,
  ProviderTest,
  ProviderView,
  PutProviderRequest,
  RotateSecretRequest,
  Slug,
  TestProviderRequest,
} from '@croupier/contracts';
import { Actor } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ProviderService } from './provider-service';
import { ProviderTrial } from './provider-trial';

const ProviderList = z.object({ providers: z.array(ProviderSummary) });
/** `secret` is there when the change needed a new one, and shown only here. */
const ChangedProvider = ProviderView.extend({ secret: z.string().nullable() });

class ProviderParamsDto extends createZodDto(z.object({ name: Slug })) {}
class PutProviderDto extends createZodDto(PutProviderRequest) {}
class RotateSecretDto extends createZodDto(RotateSecretRequest) {}
class ChangeProviderDto extends createZodDto(ChangeProviderRequest) {}
class PauseDto extends createZodDto(PauseRequest) {}
class TestProviderDto extends createZodDto(TestProviderRequest) {}
class ProviderSecretDto extends createZodDto(ProviderSecret) {}
class ProviderViewDto extends createZodDto(ProviderView) {}
class ChangedProviderDto extends createZodDto(ChangedProvider) {}
class ProviderTestDto extends createZodDto(ProviderTest) {}
class ProviderListDto extends createZodDto(ProviderList) {}
class ProviderListQueryDto extends createZodDto(
  z.object({
    /** Answers providers after this name: the last one of the page before. */
    after: Slug.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
) {}

@ApiTags('providers')
@Controller('v1/providers')
export class ProviderController {
  constructor(
    private readonly providers: ProviderService,
    private readonly trial: ProviderTrial,
  ) {}

  /** Creates a provider or rotates its secret. The secret is shown here once; the old one is accepted for 24 h. */
  @Requires('admin')
  @Put(':name')
  @ApiCreatedResponse({ type: ProviderSecretDto })
  @ApiOkResponse({ type: ProviderSecretDto })
  async put(
    @Param() { name }: ProviderParamsDto,
    @Body() body: PutProviderDto,
    @Actor() actor: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderSecret> {
    const { outcome, ...shown } = await this.providers.put(name, body.secret, body.settings, actor);
    void reply.status(outcome === 'created' ? 201 : 200);
    return shown;
  }

  /** Changes what is given. A signature that cannot use the secret of the one before gets a new one, shown here once. */
  @Requires('admin')
  @Patch(':name')
  @ZodResponse({ type: ChangedProviderDto })
  async change(
    @Param() { name }: ProviderParamsDto,
    @Body() body: ChangeProviderDto,
    @Actor() actor: string,
  ): Promise<z.infer<typeof ChangedProvider>> {
    const { view, secret } = await this.providers.update(name, body, actor);
    return { ...view, secret };
  }

  /** A new secret, shown here once. Those before are accepted for `overlapSeconds`. */
  @Requires('admin')
  @Post(':name/rotate')
  @HttpCode(200)
  @ZodResponse({ status: 200, type: ProviderSecretDto })
  rotate(
    @Param() { name }: ProviderParamsDto,
    @Body() { secret, overlapSeconds }: RotateSecretDto,
    @Actor() actor: string,
  ): Promise<ProviderSecret> {
    return this.providers.rotate(name, secret, overlapSeconds, actor);
  }

  /** Its webhooks are answered with 503 until it is resumed, so that its sender tries them again. */
  @Requires('operator')
  @Post(':name/pause')
  @HttpCode(200)
  @ZodResponse({ status: 200, type: ProviderViewDto })
  pause(
    @Param() { name }: ProviderParamsDto,
    @Body() { reason }: PauseDto,
    @Actor() actor: string,
  ): Promise<ProviderView> {
    return this.providers.setPaused(name, reason, actor);
  }

  @Requires('operator')
  @Post(':name/resume')
  @HttpCode(200)
  @ZodResponse({ status: 200, type: ProviderViewDto })
  resume(@Param() { name }: ProviderParamsDto, @Actor() actor: string): Promise<ProviderView> {
    return this.providers.setPaused(name, undefined, actor);
  }

  /** Sends a signed sample the whole way. It is published as `webhook.tested`, on which nobody acts. */
  @Requires('operator')
  @Post(':name/test')
  @HttpCode(202)
  @ZodResponse({ status: 202, type: ProviderTestDto })
  test(@Param() { name }: ProviderParamsDto, @Body() body: TestProviderDto): Promise<ProviderTest> {
    return this.trial.run(name, body);
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: ProviderViewDto })
  get(@Param() { name }: ProviderParamsDto): Promise<ProviderView> {
    return this.providers.get(name);
  }

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ProviderListDto })
  async list(@Query() { after, limit }: ProviderListQueryDto): Promise<z.infer<typeof ProviderList>> {
    return { providers: await this.providers.list(after ?? '', limit) };
  }
}
