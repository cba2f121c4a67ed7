import { timingSafeEqual } from 'node:crypto';
import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReleaseId, ReleasePipelineView, type PipelineRunView } from '@croupier/contracts';
import { ProblemException, Public, Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { unknownRelease } from '../releases/release-problems';
import { ReleaseRepository } from '../releases/release-repository';
import { PipelineConfig } from './pipeline-config';
import { PipelineRunRepository, type PipelineRun } from './runs/pipeline-run-repository';

class ReleaseParamsDto extends createZodDto(z.object({ id: ReleaseId })) {}
class ReleasePipelineDto extends createZodDto(ReleasePipelineView) {}
/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events */
class PipelineEventDto extends createZodDto(
  z.object({ object_kind: z.literal('pipeline'), object_attributes: z.object({ id: z.int() }) }),
) {}

@ApiTags('pipelines')
@Controller('v1')
export class PipelineController {
  constructor(
    private readonly config: PipelineConfig,
    private readonly releases: ReleaseRepository,
    private readonly runs: PipelineRunRepository,
  ) {}

  /** What has tested the release: counts as JUnit has them, what failed, the end of the logs, and where the rest is. */
  @Requires('viewer')
  @Get('releases/:id/pipeline')
  @ZodResponse({ type: ReleasePipelineDto })
  async one(@Param() { id }: ReleaseParamsDto): Promise<ReleasePipelineView> {
    if (!(await this.releases.find(id))) throw unknownRelease(id);
    return { releaseId: id, runs: (await this.runs.of(id)).map(viewOf) };
  }

  /** GitLab's webhook for pipeline events. It is taken as a hint to look, and for nothing else. */
  @Public()
  @Post('pipeline-hooks/gitlab-ci')
  @HttpCode(202)
  async gitLab(@Body() event: PipelineEventDto, @Headers('x-gitlab-token') token = ''): Promise<void> {
    const { webhookToken } = this.config.gitLab;
    if (webhookToken === undefined || !isSame(token, webhookToken)) throw unknownHook();
    await this.runs.hurry('gitlab-ci', String(event.object_attributes.id));
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function unknownHook(): ProblemException {
  return new ProblemException({
    slug: 'pipeline-hook-refused',
    status: 401,
    title: 'The webhook is not known',
    detail: 'X-Gitlab-Token is not the deployer’s GITLAB_WEBHOOK_TOKEN.',
    remedy: 'Give the webhook in GitLab the same secret token as the deployer has.',
    errors: [{ field: 'x-gitlab-token', detail: 'is not the one expected' }],
  });
}

function viewOf(run: PipelineRun): PipelineRunView {
  const { purpose, runner, status, url, reason, suites, log, startedAt, endedAt } = run;
  return {
    purpose,
    runner,
    status,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    url,
    reason,
    suites: [...suites],
    log,
  };
}
