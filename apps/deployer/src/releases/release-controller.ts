import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  OperatorCommand,
  ReleaseId,
  ReleaseOrder,
  ReleaseStatus,
  ReleaseView,
  SemVer,
  Slug,
  TimelineEntry,
  Timestamp,
} from '@croupier/contracts';
import {
  Actor,
  ExpectedIfAny,
  Idempotent,
  pageOf,
  PageQuery,
  positionOf,
  versionTag,
  type Precondition,
} from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { TimelineRepository } from '../timeline/timeline-repository';
import { impossibleCommand, unknownRelease } from './release-problems';
import { ReleaseQueue } from './release-queue';
import type { ReleaseRecord } from './release-record';
import { ReleaseRepository } from './release-repository';
import { ReleaseTeller } from './release-teller';
import { viewOf } from './release-view';

class ReleaseListQueryDto extends createZodDto(
  PageQuery.extend({
    provider: Slug.optional(),
    game: Slug.optional(),
    version: SemVer.optional(),
    status: ReleaseStatus.optional(),
  }),
) {}
const ReleaseList = z.object({
  releases: z.array(ReleaseView),
  /** Path and query of the page that follows; null after the last. */
  next: z.string().nullable(),
});
type ReleaseList = z.infer<typeof ReleaseList>;
class ReleaseListDto extends createZodDto(ReleaseList) {}
const Position = z.object({ createdAt: Timestamp, id: ReleaseId });
class ReleaseViewDto extends createZodDto(ReleaseView) {}
class ReleaseOrderDto extends createZodDto(ReleaseOrder) {}
class TimelineQueryDto extends createZodDto(
  z.object({
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(1000).default(500),
  }),
) {}
class TimelineDto extends createZodDto(z.object({ entries: z.array(TimelineEntry) })) {}
class ChainDto extends createZodDto(z.object({ verified: z.boolean(), brokenAt: z.int().nullable() })) {}
class OperatorCommandDto extends createZodDto(OperatorCommand) {}
class ReleaseParamsDto extends createZodDto(z.object({ id: ReleaseId })) {}
class CommandParamsDto extends createZodDto(
  z.object({
    id: ReleaseId,
    command: z.enum(['abort', 'pause', 'resume', 'promote', 'skip', 'approve', 'reject']),
  }),
) {}

@ApiTags('releases')
@Controller('v1/releases')
export class ReleaseController {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly queue: ReleaseQueue,
    private readonly timeline: TimelineRepository,
    private readonly teller: ReleaseTeller,
  ) {}

  /** Newest first. */
  @Get()
  @ZodResponse({ type: ReleaseListDto })
  async list(
    @Query() { cursor, limit, ...filter }: ReleaseListQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<ReleaseList> {
    const before = positionOf(cursor, Position) ?? undefined;
    const rows = (await this.releases.list({ ...filter, before, limit: limit + 1 })).map(viewOf);
    const { items, next } = pageOf(rows, {
      limit,
      url,
      positionOfRow: ({ createdAt, id }) => ({ createdAt, id }),
    });
    return { releases: items, next };
  }

  /** Releases a registered version, also one that was released before: a way back, an emergency, a flag. */
  @Post()
  @Idempotent()
  @ZodResponse({ status: 201, type: ReleaseViewDto })
  async order(@Body() order: ReleaseOrderDto, @Actor() actor: string): Promise<ReleaseView> {
    return viewOf(await this.queue.order(order, actor));
  }

  @Get(':id')
  @ZodResponse({ type: ReleaseViewDto })
  async one(
    @Param() { id }: ReleaseParamsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReleaseView> {
    const release = await this.find(id);
    void reply.header('etag', versionTag(release.revision));
    return viewOf(release);
  }

  @Get(':id/timeline')
  @ZodResponse({ type: TimelineDto })
  async entries(
    @Param() { id }: ReleaseParamsDto,
    @Query() { after, limit }: TimelineQueryDto,
  ): Promise<{ entries: TimelineEntry[] }> {
    return { entries: await this.timeline.entries(id, after, limit) };
  }

  /** Recomputes the hash chain of the release's timeline. */
  @Get(':id/timeline/verification')
  @ZodResponse({ type: ChainDto })
  async verify(@Param() { id }: ReleaseParamsDto): Promise<{ verified: boolean; brokenAt: number | null }> {
    const brokenAt = await this.timeline.verify(id);
    return { verified: brokenAt === null, brokenAt };
  }

  /** Releases the same version once more, as the policy says today. */
  @Post(':id/retry')
  @Idempotent()
  @ZodResponse({ status: 201, type: ReleaseViewDto })
  async retry(
    @Param() { id }: ReleaseParamsDto,
    @Body() { reason }: OperatorCommandDto,
    @Actor() actor: string,
  ): Promise<ReleaseView> {
    const { provider, game, version } = await this.find(id);
    return viewOf(await this.queue.order({ provider, game, version, flags: [], reason }, actor));
  }

  /** Abort, pause, resume, promote, skip a step, approve or reject. The reason is kept in the timeline. */
  @Post(':id/:command')
  @HttpCode(202)
  @Idempotent()
  async command(
    @Param() { id, command }: CommandParamsDto,
    @Body() { reason, stepIndex }: OperatorCommandDto,
    @Actor() actor: string,
    @ExpectedIfAny() expected: Precondition | null,
  ): Promise<ReleaseView> {
    const input = {
      kind: 'command',
      command,
      actor,
      reason,
      ...(stepIndex !== undefined && { stepIndex }),
    } as const;
    const told = await this.teller.tell(id, input, expected);
    if (!told) throw unknownRelease(id);
    const { refusal } = told.decision;
    if (refusal) throw impossibleCommand(refusal.reason);
    return viewOf(await this.find(id));
  }

  private async find(id: ReleaseId): Promise<ReleaseRecord> {
    const release = await this.releases.find(id);
    if (!release) throw unknownRelease(id);
    return release;
  }
}
