import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  OperatorCommand,
  ReleaseId,
  ReleaseStatus,
  ReleaseView,
  Slug,
  TimelineEntry,
  Timestamp,
} from '@croupier/contracts';
import { ProblemException } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { RolloutEngine } from '../rollouts/rollout-engine';
import { TimelineRepository } from '../timeline/timeline-repository';
import type { ReleaseRecord } from './release-record';
import { ReleaseRepository } from './release-repository';

class ReleaseListQueryDto extends createZodDto(
  z.object({
    provider: Slug.optional(),
    game: Slug.optional(),
    status: ReleaseStatus.optional(),
    /** Answers releases created before this moment: the `createdAt` of the last one of the page before. */
    before: Timestamp.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
) {}
class ReleaseListDto extends createZodDto(z.object({ releases: z.array(ReleaseView) })) {}
class ReleaseViewDto extends createZodDto(ReleaseView) {}
class TimelineQueryDto extends createZodDto(
  z.object({
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(1000).default(500),
  }),
) {}
class TimelineDto extends createZodDto(z.object({ entries: z.array(TimelineEntry) })) {}
class ChainDto extends createZodDto(z.object({ verified: z.boolean(), brokenAt: z.int().nullable() })) {}
class OperatorCommandDto extends createZodDto(OperatorCommand) {}
class CommandParamsDto extends createZodDto(
  z.object({ id: ReleaseId, command: z.enum(['abort', 'pause', 'resume', 'promote']) }),
) {}
class ReleaseParamsDto extends createZodDto(z.object({ id: ReleaseId })) {}

@ApiTags('releases')
@Controller('v1/releases')
export class ReleaseController {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly timeline: TimelineRepository,
    private readonly engine: RolloutEngine,
  ) {}

  @Get()
  @ZodResponse({ type: ReleaseListDto })
  async list(@Query() query: ReleaseListQueryDto): Promise<{ releases: ReleaseView[] }> {
    return { releases: (await this.releases.list(query)).map(viewOf) };
  }

  @Get(':id')
  @ZodResponse({ type: ReleaseViewDto })
  async one(@Param() { id }: ReleaseParamsDto): Promise<ReleaseView> {
    const release = await this.releases.find(id);
    if (!release) throw unknownRelease(id);
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

  /** Abort, pause, resume or promote. The reason is kept in the timeline. */
  @Post(':id/:command')
  @HttpCode(202)
  async command(
    @Param() { id, command }: CommandParamsDto,
    @Body() { reason }: OperatorCommandDto,
  ): Promise<ReleaseView> {
    const decision = await this.engine.tell(id, { kind: 'command', command, actor: 'operator', reason });
    if (!decision) throw unknownRelease(id);
    if (decision.refusal) {
      throw new ProblemException({
        slug: 'command-impossible',
        status: 409,
        title: 'The release cannot take this command now',
        detail: decision.refusal.reason,
        remedy: 'Read the release and choose a command that its status allows.',
      });
    }
    return this.one({ id });
  }
}

function unknownRelease(id: ReleaseId): ProblemException {
  return new ProblemException({
    slug: 'unknown-release',
    status: 404,
    title: 'There is no such release',
    detail: `No release has the id ${id}.`,
    remedy: 'GET /v1/releases lists them.',
  });
}

function viewOf(release: ReleaseRecord): ReleaseView {
  const { phase } = release.state;
  const step = phase.kind === 'paused' ? phase.resumeTo : phase;
  return {
    id: release.id,
    provider: release.provider,
    game: release.game,
    version: release.version,
    digest: release.digest,
    status: release.status,
    stepIndex: step.kind === 'progressing' ? step.stepIndex : null,
    weightPercent: release.weightPercent,
    stableVersion: release.stableVersion,
    reason: release.reason,
    createdAt: release.createdAt.toISOString(),
    updatedAt: release.updatedAt.toISOString(),
  };
}
