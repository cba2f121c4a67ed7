import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  InvalidationDetail,
  InvalidationPage,
  InvalidationRequest,
  InvalidationState,
  Reason,
  Slug,
  subjectId,
  type InvalidationJob,
  type InvalidationTask,
} from '@croupier/contracts';
import { Actor, Idempotent, PageQuery, pageOf, positionOf, Requires } from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import type { JobRecord, TaskRecord } from '../jobs/job';
import { JobRepository } from '../jobs/job-repository';
import { unknownInvalidation } from './invalidation-problems';
import { Invalidations } from './invalidations';

class InvalidationRequestDto extends createZodDto(InvalidationRequest) {}
class InvalidationIdDto extends createZodDto(z.object({ id: z.uuid() })) {}
class InvalidationDetailDto extends createZodDto(InvalidationDetail) {}
class InvalidationPageDto extends createZodDto(InvalidationPage) {}
class CancellationDto extends createZodDto(z.strictObject({ reason: Reason })) {}
class InvalidationQueryDto extends createZodDto(
  PageQuery.extend({
    provider: Slug.optional(),
    game: Slug.optional(),
    state: InvalidationState.optional(),
  }),
) {}

const Position = z.string().regex(/^\d{1,19}$/);

@ApiTags('invalidations')
@ApiBearerAuth()
@Controller('v1/invalidations')
export class InvalidationController {
  constructor(
    private readonly invalidations: Invalidations,
    private readonly jobs: JobRepository,
  ) {}

  /** Starts a job, or with `dryRun` one that only counts. */
  @Requires('operator')
  @Post()
  @HttpCode(202)
  @Idempotent()
  @ApiAcceptedResponse({ type: InvalidationDetailDto })
  async create(
    @Body() request: InvalidationRequestDto,
    @Actor() actor: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvalidationDetail> {
    const id = await this.invalidations.onDemand(request, actor);
    void reply.header('location', `/v1/invalidations/${id}`);
    return this.detail(id);
  }

  /** Newest first. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: InvalidationPageDto })
  async list(
    @Query() { cursor, limit, ...search }: InvalidationQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<InvalidationPage> {
    const beforeSequence = positionOf(cursor, Position);
    const found = await this.jobs.search({ ...search, beforeSequence, limit: limit + 1 });
    const page = pageOf(found, { limit, url, positionOfRow: ({ sequence }) => sequence });
    return { items: page.items.map(jobView), next: page.next };
  }

  @Requires('viewer')
  @Get(':id')
  @Header('cache-control', 'no-store')
  @ZodResponse({ type: InvalidationDetailDto })
  one(@Param() { id }: InvalidationIdDto): Promise<InvalidationDetail> {
    return this.detail(id);
  }

  /** Leaves out what has not begun. */
  @Requires('operator')
  @Post(':id/cancel')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: InvalidationDetailDto })
  async cancel(
    @Param() { id }: InvalidationIdDto,
    @Body() { reason }: CancellationDto,
    @Actor() actor: string,
  ): Promise<InvalidationDetail> {
    await this.invalidations.cancel(id, actor, reason);
    return this.detail(id);
  }

  private async detail(id: string): Promise<InvalidationDetail> {
    const job = await this.jobs.find(id);
    if (job === null) throw unknownInvalidation(id);
    return { ...jobView(job), tasks: (await this.jobs.tasks(id)).map(taskView) };
  }
}

function jobView({ provider, game, createdAt, finishedAt, sequence: _, ...job }: JobRecord): InvalidationJob {
  return {
    ...job,
    subject: provider === null || game === null ? null : subjectId(provider, game),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function taskView({ nextAttemptAt, startedAt, finishedAt, ...task }: TaskRecord): InvalidationTask {
  return {
    ...task,
    nextAttemptAt: task.state === 'waiting' ? nextAttemptAt.toISOString() : null,
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
