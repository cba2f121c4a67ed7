import { Body, Controller, Get, Param, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Slug, Timestamp } from '@croupier/contracts';
import type { FastifyReply } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ProviderService } from './provider-service';
import { WebhookSecret } from './webhook-secret';

const ProviderList = z.object({
  providers: z.array(
    z.object({ name: Slug, createdAt: Timestamp, rotatedAt: Timestamp, activeSecrets: z.int().min(1) }),
  ),
});
const ProviderSecret = z.object({ name: Slug, secret: WebhookSecret });

class ProviderParamsDto extends createZodDto(z.object({ name: Slug })) {}
class PutProviderDto extends createZodDto(z.object({ secret: WebhookSecret.optional() }).default({})) {}
class ProviderSecretDto extends createZodDto(ProviderSecret) {}
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
  constructor(private readonly providers: ProviderService) {}

  /** Creates a provider or rotates its secret. The secret is shown here once; the old one is accepted for 24 h. */
  @Put(':name')
  @ApiCreatedResponse({ type: ProviderSecretDto })
  @ApiOkResponse({ type: ProviderSecretDto })
  async put(
    @Param() { name }: ProviderParamsDto,
    @Body() body: PutProviderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof ProviderSecret>> {
    const { outcome, secret } = await this.providers.put(name, body.secret);
    void reply.status(outcome === 'created' ? 201 : 200);
    return { name, secret };
  }

  @Get()
  @ZodResponse({ type: ProviderListDto })
  async list(@Query() { after, limit }: ProviderListQueryDto): Promise<z.infer<typeof ProviderList>> {
    const providers = await this.providers.list(after ?? '', limit);
    return {
      providers: providers.map(({ createdAt, rotatedAt, ...rest }) => ({
        ...rest,
        createdAt: createdAt.toISOString(),
        rotatedAt: rotatedAt.toISOString(),
      })),
    };
  }
}
