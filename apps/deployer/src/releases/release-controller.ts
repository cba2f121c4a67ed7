import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
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
} from '@croupier/contracts';
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
  z.object({
    provider: Slug.optional(),
    game: Slug.optional(),
    version: SemVer.optional(),
    status: ReleaseStatus.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
) {}
class ReleaseListDto extends createZodDto(z.object({ releases: z.array(ReleaseView) })) {}
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

const OPERATOR = 'operator';

@ApiTags('releases')
@Controller('v1/releases')
export class ReleaseController {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly queue: ReleaseQueue,
    private readonly timeline: TimelineRepository,
    private readonly teller: ReleaseTeller,
  ) {}

  @Get()
  @ZodResponse({ type: ReleaseListDto })
  async list(@Query() query: ReleaseListQueryDto): Promise<{ releases: ReleaseView[] }> {
    return { releases: (await this.releases.list(query)).map(viewOf) };
  }

  /** Releases a registered version, also one that was released before: a way back, an emergency, a flag. */
  @Post()
  @ZodResponse({ status: 201, type: ReleaseViewDto })
  async order(@Body() order: ReleaseOrderDto): Promise<ReleaseView> {
    return viewOf(await this.queue.order(order));
  }

  @Get(':id')
  @ZodResponse({ type: ReleaseViewDto })
  async one(@Param() { id }: ReleaseParamsDto): Promise<ReleaseView> {
    return viewOf(await this.find(id));
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
  @ZodResponse({ status: 201, type: ReleaseViewDto })
  async retry(
    @Param() { id }: ReleaseParamsDto,
    @Body() { reason }: OperatorCommandDto,
  ): Promise<ReleaseView> {
    const { provider, game, version } = await this.find(id);
    return viewOf(await this.queue.order({ provider, game, version, flags: [], reason }));
  }

  /** Abort, pause, resume, promote, skip a step, approve or reject. The reason is kept in the timeline. */
  @Post(':id/:command')
  @HttpCode(202)
  async command(
    @Param() { id, command }: CommandParamsDto,
    @Body() { reason, stepIndex }: OperatorCommandDto,
  ): Promise<ReleaseView> {
    const told = await this.teller.tell(id, {
      kind: 'command',
      command,
      actor: OPERATOR,
      reason,
      ...(stepIndex !== undefined && { stepIndex }),
    });
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
