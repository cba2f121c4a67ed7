import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DeletionQuery, DisablementView, Slug } from '@croupier/contracts';
import {
  Actor,
  AuditTrail,
  pageOf,
  PageQuery,
  pageSchema,
  positionOf,
  ProblemException,
  type Page,
  Requires,
} from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ClearanceReview } from '../clearance/clearance-review';
import { Clock } from '../clock';
import { DisablementRepository, type DisablementRecord } from './disablement-repository';

const DisablementId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the id of a disablement: a number');

class ListQueryDto extends createZodDto(
  PageQuery.extend({ provider: Slug.optional(), game: Slug.optional() }),
) {}
class DisablementPageDto extends createZodDto(pageSchema(DisablementView)) {}
class DisablementViewDto extends createZodDto(DisablementView) {}
class DisablementParamsDto extends createZodDto(z.object({ id: DisablementId })) {}
class DeletionQueryDto extends createZodDto(DeletionQuery) {}

@ApiTags('disablements')
@Controller('v1/disablements')
export class DisablementController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly disablements: DisablementRepository,
    private readonly clearance: ClearanceReview,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  /** What providers want to be offered no more, the latest first; lifted ones, too. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: DisablementPageDto })
  async list(
    @Query() { cursor, limit, ...query }: ListQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<DisablementView>> {
    const found = await this.disablements.list(query, positionOf(cursor, DisablementId), limit + 1);
    return pageOf(found.map(viewOf), { limit, url, positionOfRow: ({ id }) => id });
  }

  /** Lifts it: what is certified may be dealt again. It stays in the list. */
  @Requires('operator')
  @Delete(':id')
  @ZodResponse({ type: DisablementViewDto })
  async lift(
    @Param() { id }: DisablementParamsDto,
    @Query() { reason }: DeletionQueryDto,
    @Actor() author: string,
  ): Promise<DisablementView> {
    const lifted = await this.dataSource.transaction(async (tx) => {
      const record = await this.disablements.lift(tx, id, { author, reason, at: this.clock.now() });
      if (record) {
        await this.clearance.reviewGame(tx, record, { actor: author, reason: `no more disabled: ${reason}` });
        const { provider } = record;
        const object = { type: 'disablement', id };
        const before = viewOf({ ...record, liftedAt: null, liftedBy: null, liftedReason: null });
        const change = { provider, actor: author, action: 'disablement.lifted', object, reason };
        await this.audit.record(tx, { ...change, before, after: viewOf(record) });
      }
      return record;
    });
    const record = lifted ?? (await this.disablements.find(id));
    if (!record) throw unknownDisablement(id);
    return viewOf(record);
  }
}

function unknownDisablement(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-disablement',
    status: 404,
    title: 'There is no such disablement',
    detail: `No disablement has the id ${id}.`,
    remedy: 'GET /v1/disablements lists them.',
    errors: [{ field: 'id', detail: 'names no disablement' }],
  });
}

function viewOf({ since, liftedAt, liftedBy, liftedReason, ...rest }: DisablementRecord): DisablementView {
  return {
    ...rest,
    since: since.toISOString(),
    lifted: liftedAt && { author: liftedBy ?? '', reason: liftedReason ?? '', at: liftedAt.toISOString() },
  };
}
