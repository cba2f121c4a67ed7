import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  OperatorCommand,
  ReleaseAnalysis,
  ReleaseId,
  ReleaseOrder,
  ReleaseStatus,
  ReleaseView,
  RollbackOrder,
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
  Requires,
  inBody,
  inQuery,
} from '@croupier/service-kit';
import { isEnded } from '@croupier/rollout';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { TimelineRepository } from '../timeline/timeline-repository';
import { ReleaseAnalyses } from './release-analyses';
import { impossibleCommand, unknownRelease } from './release-problems';
import { ReleaseQueue } from './release-queue';
import type { ReleaseRecord } from './release-record';
import { ReleaseRepository } from './release-repository';
import { ReleaseTeller } from './release-teller';
import { OF_RELEASE } from './release-resource';
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
class AnalysisDto extends createZodDto(ReleaseAnalysis) {}
class RollbackOrderDto extends createZodDto(RollbackOrder) {}
class OperatorCommandDto extends createZodDto(OperatorCommand) {}
class ReleaseParamsDto extends createZodDto(z.object({ id: ReleaseId })) {}
class CommandParamsDto extends createZodDto(
  z.object({
    id: ReleaseId,
    command: z.enum(['abort', 'pause', 'resume', 'promote', 'skip', 'approve', 'reject', 'override']),
  }),
) {}

const COMMANDED_BY = {
  parameter: 'command',
  roles: {
    ...({ abort: 'operator', pause: 'operator', resume: 'operator' } as const),
    ...({ promote: 'releaser', skip: 'releaser' } as const),
    ...({ approve: 'approver', reject: 'approver' } as const),
    ...({ override: 'admin' } as const),
  },
} as const;

@ApiTags('releases')
@Controller('v1/releases')
export class ReleaseController {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly queue: ReleaseQueue,
    private readonly timeline: TimelineRepository,
    private readonly analyses: ReleaseAnalyses,
    private readonly teller: ReleaseTeller,
  ) {}

  /** Newest first. */
  @Requires('viewer', inQuery())
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
  @Requires('releaser', inBody())
  @Post()
  @Idempotent()
  @ZodResponse({ status: 201, type: ReleaseViewDto })
  async order(@Body() order: ReleaseOrderDto, @Actor() actor: string): Promise<ReleaseView> {
    return viewOf(await this.queue.order(order, actor));
  }

  @Requires('viewer', OF_RELEASE)
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

  @Requires('viewer', OF_RELEASE)
  @Get(':id/timeline')
  @ZodResponse({ type: TimelineDto })
  async entries(
    @Param() { id }: ReleaseParamsDto,
    @Query() { after, limit }: TimelineQueryDto,
  ): Promise<{ entries: TimelineEntry[] }> {
    return { entries: await this.timeline.entries(id, after, limit) };
  }

  /** Canary beside stable, and the evidence so far beside what a verdict takes. */
  @Requires('viewer', OF_RELEASE)
  @Get(':id/analysis')
  @ZodResponse({ type: AnalysisDto })
  async analysis(@Param() { id }: ReleaseParamsDto): Promise<ReleaseAnalysis> {
    return this.analyses.of(await this.find(id));
  }

  /** Recomputes the hash chain of the release's timeline. */
  @Requires('viewer', OF_RELEASE)
  @Get(':id/timeline/verification')
  @ZodResponse({ type: ChainDto })
  async verify(@Param() { id }: ReleaseParamsDto): Promise<{ verified: boolean; brokenAt: number | null }> {
    const brokenAt = await this.timeline.verify(id);
    return { verified: brokenAt === null, brokenAt };
  }

  /** Releases the same version once more, as the policy says today. */
  @Requires('releaser', OF_RELEASE)
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

  /**
   * Takes a release back. One that has not ended is aborted; of one that is promoted and still stable, the version before
   * is released. Answers the release to follow.
   */
  @Requires('releaser', OF_RELEASE)
  @Post(':id/rollback')
  @HttpCode(202)
  @Idempotent()
  @ZodResponse({ status: 202, type: ReleaseViewDto })
  async rollBack(
    @Param() { id }: ReleaseParamsDto,
    @Body() { reason, to }: RollbackOrderDto,
    @Actor() actor: string,
  ): Promise<ReleaseView> {
    const release = await this.find(id);
    if (!isEnded(release.state)) {
      await this.tell(id, { kind: 'command', command: 'abort', actor, reason }, null);
      return viewOf(await this.find(id));
    }
    return viewOf(await this.queue.orderBack(release, { actor, reason, to }));
  }

  /**
   * Abort, pause, resume, promote, skip a step, approve or reject, or, in an emergency, override an approval that lacks.
   * The reason is kept in the timeline.
   */
  @Requires(COMMANDED_BY, OF_RELEASE)
  @Post(':id/:command')
  @HttpCode(202)
  @Idempotent()
  async command(
    @Param() { id, command }: CommandParamsDto,
    @Body() { reason, stepIndex, digest }: OperatorCommandDto,
    @Actor() actor: string,
    @ExpectedIfAny() expected: Precondition | null,
  ): Promise<ReleaseView> {
    const input = {
      kind: 'command',
      command,
      actor,
      reason,
      ...(stepIndex !== undefined && { stepIndex }),
      ...(digest !== undefined && { digest }),
    } as const;
    await this.tell(id, input, expected);
    return viewOf(await this.find(id));
  }

  private async tell(
    id: ReleaseId,
    input: Parameters<ReleaseTeller['tell']>[1],
    expected: Precondition | null,
  ): Promise<void> {
    const told = await this.teller.tell(id, input, expected);
    if (!told) throw unknownRelease(id);
    const { refusal } = told.decision;
    if (refusal) throw impossibleCommand(refusal.reason);
  }

  private async find(id: ReleaseId): Promise<ReleaseRecord> {
    const release = await this.releases.find(id);
    if (!release) throw unknownRelease(id);
    return release;
  }
}
