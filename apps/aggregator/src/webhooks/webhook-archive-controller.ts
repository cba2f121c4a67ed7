import { createHash } from 'node:crypto';
import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import {
  RedeliverRequest,
  Redelivery,
  StoredWebhookWithBody,
  WebhookPage,
  WebhookQuery,
} from '@croupier/contracts';
import { Actor, invalidRequest, Requires } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { unknownWebhook } from './archive-problems';
import { WebhookArchive } from './webhook-archive';
import { parseJson } from './webhook-payload';
import { WebhookRedelivery } from './webhook-redelivery';

class WebhookParamsDto extends createZodDto(z.object({ id: z.uuid() })) {}
class WebhookQueryDto extends createZodDto(WebhookQuery) {}
class WebhookPageDto extends createZodDto(WebhookPage) {}
class StoredWebhookDto extends createZodDto(StoredWebhookWithBody) {}
class RedeliverDto extends createZodDto(RedeliverRequest) {}
class RedeliveryDto extends createZodDto(Redelivery) {}

@ApiTags('webhooks')
@Controller('v1/webhooks')
export class WebhookArchiveController {
  constructor(
    private readonly archive: WebhookArchive,
    private readonly redelivery: WebhookRedelivery,
  ) {}

  /** Accepted webhooks, the latest first, as long as they are kept. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: WebhookPageDto })
  search(@Query() query: WebhookQueryDto): Promise<WebhookPage> {
    return this.archive.search(query);
  }

  @Requires('viewer')
  @Get(':id')
  @ZodResponse({ type: StoredWebhookDto })
  async get(@Param() { id }: WebhookParamsDto): Promise<StoredWebhookWithBody> {
    const archived = await this.archive.find(id);
    if (!archived) throw unknownWebhook(id);
    const { summary, body } = archived;
    return { ...summary, body: body.toString(), sha256: createHash('sha256').update(body).digest('hex') };
  }

  /** Publishes once more what the webhook says, read as its provider is set up now. */
  @Requires('operator')
  @Post(':id/redeliver')
  @HttpCode(202)
  @ApiBody({ type: RedeliverDto })
  @ZodResponse({ status: 202, type: RedeliveryDto })
  async redeliver(
    @Param() { id }: WebhookParamsDto,
    @Req() { body }: FastifyRequest,
    @Actor() actor: string,
  ): Promise<Redelivery> {
    // Below the path of the webhooks, bodies arrive as bytes.
    const request = RedeliverRequest.safeParse(Buffer.isBuffer(body) ? parseJson(body) : body);
    if (!request.success) throw invalidRequest(request.error);
    return this.redelivery.redeliver(id, request.data, actor);
  }
}
