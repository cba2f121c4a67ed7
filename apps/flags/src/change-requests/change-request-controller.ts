import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ChangeRequestOrder, ChangeRequestStatus, ChangeRequestView, Reason } from '@croupier/contracts';
import {
  Actor,
  Idempotent,
  PageQuery,
  pageOf,
  pageSchema,
  positionOf,
  type Page,
  Requires,
} from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Ledger, type Entry } from '../ledger/ledger';
import { unknownChangeRequest } from './change-request-problems';
import { ChangeRequests } from './change-requests';

class IdDto extends createZodDto(z.object({ id: z.uuid() })) {}
class OrderDto extends createZodDto(ChangeRequestOrder) {}
class ReasonDto extends createZodDto(z.strictObject({ reason: Reason })) {}
class ViewDto extends createZodDto(ChangeRequestView) {}
class PageDto extends createZodDto(pageSchema(ChangeRequestView)) {}
class ListDto extends createZodDto(PageQuery.extend({ status: ChangeRequestStatus.optional() })) {}

/** Changes of protected environments, which need approval, and changes that are to come at a time. */
@ApiTags('flag change requests')
@ApiBearerAuth()
@Controller('v1/flag-change-requests')
export class ChangeRequestController {
  constructor(
    private readonly requests: ChangeRequests,
    private readonly ledger: Ledger,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: PageDto })
  async list(
    @Query() { cursor, limit, status }: ListDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<ChangeRequestView>> {
    const after = positionOf(cursor, z.uuid());
    const views = (await this.ledger.list('change-request'))
      .map(viewOf)
      .filter(
        (view) => (status === undefined || view.status === status) && (after === null || view.id > after),
      );
    return pageOf(views, { limit, url, positionOfRow: ({ id }) => id });
  }

  @Requires('viewer')
  @Get(':id')
  @ZodResponse({ type: ViewDto })
  async one(@Param() { id }: IdDto): Promise<ChangeRequestView> {
    const request = await this.ledger.find('change-request', id);
    if (request === null) throw unknownChangeRequest(id);
    return viewOf(request);
  }

  /** Applied at once where it needs no approval and has no time. */
  @Requires('operator')
  @Post()
  @Idempotent()
  @ZodResponse({ type: ViewDto, status: 201 })
  async open(@Body() order: OrderDto, @Actor() author: string): Promise<ChangeRequestView> {
    return this.one({ id: await this.requests.open({ ...order, author }) });
  }

  /** By somebody other than the author, once each. */
  @Requires('approver')
  @Post(':id/approve')
  @HttpCode(200)
  @ZodResponse({ type: ViewDto })
  async approve(
    @Param() { id }: IdDto,
    @Body() { reason }: ReasonDto,
    @Actor() author: string,
  ): Promise<ChangeRequestView> {
    await this.requests.approve({ id, author, reason });
    return this.one({ id });
  }

  @Requires('approver')
  @Post(':id/reject')
  @HttpCode(200)
  @ZodResponse({ type: ViewDto })
  async reject(
    @Param() { id }: IdDto,
    @Body() { reason }: ReasonDto,
    @Actor() author: string,
  ): Promise<ChangeRequestView> {
    await this.requests.reject({ id, author, reason });
    return this.one({ id });
  }

  @Requires('operator')
  @Post(':id/cancel')
  @HttpCode(200)
  @ZodResponse({ type: ViewDto })
  async cancel(
    @Param() { id }: IdDto,
    @Body() { reason }: ReasonDto,
    @Actor() author: string,
  ): Promise<ChangeRequestView> {
    await this.requests.cancel({ id, author, reason });
    return this.one({ id });
  }
}

function viewOf({
  name,
  document,
  version,
  createdAt,
  updatedAt,
}: Entry<'change-request'>): ChangeRequestView {
  return {
    id: name,
    version,
    ...document,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
