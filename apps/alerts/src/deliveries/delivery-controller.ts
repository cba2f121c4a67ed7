import { Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  AlertDeliveryDetail,
  AlertDeliveryPage,
  AlertDeliveryState,
  ReleaseId,
  Slug,
} from '@croupier/contracts';
import { Actor, Idempotent, PageQuery, pageOf, positionOf, Requires } from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ChannelTrial } from './channel-trial';
import { Deliveries } from './deliveries';
import { DeliveryRepository } from './delivery-repository';
import { deliveryDetail, deliveryView } from './delivery-view';

class DeliveryIdDto extends createZodDto(z.object({ id: z.uuid() })) {}
class TestedChannelDto extends createZodDto(z.object({ name: Slug })) {}
class DeliveryDetailDto extends createZodDto(AlertDeliveryDetail) {}
class DeliveryPageDto extends createZodDto(AlertDeliveryPage) {}
class DeliveryQueryDto extends createZodDto(
  PageQuery.extend({
    channel: Slug.optional(),
    state: AlertDeliveryState.optional(),
    releaseId: ReleaseId.optional(),
  }),
) {}

const Position = z.string().regex(/^\d{1,19}$/);

@ApiTags('alert deliveries')
@ApiBearerAuth()
@Controller('v1/alerts')
export class DeliveryController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly trial: ChannelTrial,
    private readonly repository: DeliveryRepository,
  ) {}

  /** Sends a sample to the channel; what becomes of it is read from the delivery. */
  @Requires('operator')
  @Post('channels/:name/test')
  @HttpCode(202)
  @Idempotent()
  @ApiAcceptedResponse({ type: DeliveryDetailDto })
  async test(
    @Param() { name }: TestedChannelDto,
    @Actor() actor: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertDeliveryDetail> {
    const id = await this.trial.run(name, actor);
    void reply.header('location', `/v1/alerts/deliveries/${id}`);
    return this.detail(id);
  }

  /** Newest first. */
  @Requires('viewer')
  @Get('deliveries')
  @ZodResponse({ type: DeliveryPageDto })
  async list(
    @Query() { cursor, limit, ...search }: DeliveryQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<AlertDeliveryPage> {
    const beforeSequence = positionOf(cursor, Position);
    const found = await this.repository.search({ ...search, beforeSequence, limit: limit + 1 });
    const page = pageOf(found, { limit, url, positionOfRow: ({ sequence }) => sequence });
    return { items: page.items.map(deliveryView), next: page.next };
  }

  /** With every attempt that was made. */
  @Requires('viewer')
  @Get('deliveries/:id')
  @Header('cache-control', 'no-store')
  @ZodResponse({ type: DeliveryDetailDto })
  one(@Param() { id }: DeliveryIdDto): Promise<AlertDeliveryDetail> {
    return this.detail(id);
  }

  /** Tries again what was given up. */
  @Requires('operator')
  @Post('deliveries/:id/retry')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: DeliveryDetailDto })
  async retry(@Param() { id }: DeliveryIdDto, @Actor() actor: string): Promise<AlertDeliveryDetail> {
    await this.deliveries.tryAgain(id, actor);
    return this.detail(id);
  }

  private async detail(id: string): Promise<AlertDeliveryDetail> {
    return deliveryDetail(await this.deliveries.one(id), await this.repository.log(id));
  }
}
