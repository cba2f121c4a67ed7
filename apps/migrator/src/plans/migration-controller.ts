import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  MigrationDraft,
  MigrationOrder,
  MigrationPlan,
  MigrationReasonOrder,
  MigrationRunDetail,
  MigrationRunPage,
  MigrationUndoOrder,
  ReleaseId,
  SubjectId,
} from '@croupier/contracts';
import { Actor, Requires } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { noSuchRun } from './migration-problems';
import { broughtView, planView, reportView, runView } from './migration-view';
import { OperatorMigrations } from './operator-migrations';
import { RunRepository } from './run-repository';

class MigrationQueryDto extends createZodDto(
  z.object({
    subject: SubjectId.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
) {}
class ReleasePathDto extends createZodDto(z.object({ releaseId: ReleaseId })) {}
class MigrationDraftDto extends createZodDto(MigrationDraft) {}
class MigrationOrderDto extends createZodDto(MigrationOrder) {}
class MigrationUndoOrderDto extends createZodDto(MigrationUndoOrder) {}
class MigrationReasonDto extends createZodDto(MigrationReasonOrder) {}
class MigrationPlanDto extends createZodDto(MigrationPlan) {}
class MigrationRunPageDto extends createZodDto(MigrationRunPage) {}
class MigrationRunDetailDto extends createZodDto(MigrationRunDetail) {}

@ApiTags('migrations')
@ApiBearerAuth()
@Controller('v1/migrations')
export class MigrationController {
  constructor(
    private readonly runs: RunRepository,
    private readonly migrations: OperatorMigrations,
  ) {}

  /** The migrations of releases, newest first; of one `provider/game` if asked. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: MigrationRunPageDto })
  async list(@Query() { subject, limit }: MigrationQueryDto): Promise<MigrationRunPage> {
    const [provider = '', game = ''] = subject?.split('/') ?? [];
    const runs = await this.runs.list(subject && { provider, game }, limit);
    return { items: runs.map(runView) };
  }

  @Requires('viewer')
  @Get(':releaseId')
  @ZodResponse({ type: MigrationRunDetailDto })
  one(@Param() { releaseId }: ReleasePathDto): Promise<MigrationRunDetail> {
    return this.detail(releaseId);
  }

  /** Tries scripts on a copy of the module's schema, and changes nothing: SQL, locks, lint, drift. */
  @Requires('viewer')
  @Post('plan')
  @HttpCode(200)
  @ZodResponse({ type: MigrationPlanDto, status: 200 })
  async plan(@Body() draft: MigrationDraftDto): Promise<MigrationPlan> {
    return planView(await this.migrations.plan(draft));
  }

  /** Tries scripts and applies them, for no release. Answers when it is over; `status` says how. */
  @Requires('releaser')
  @Post()
  @HttpCode(201)
  @ZodResponse({ type: MigrationRunDetailDto, status: 201 })
  async apply(
    @Body() order: MigrationOrderDto,
    @Actor() actor: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MigrationRunDetail> {
    const releaseId = await this.migrations.apply(order, actor);
    void reply.header('location', `/v1/migrations/${releaseId}`);
    return this.detail(releaseId);
  }

  /** Undoes what a run applied, newest first. With `force` also what would be lost by it. */
  @Requires('releaser')
  @Post(':releaseId/undo')
  @HttpCode(200)
  @ZodResponse({ type: MigrationRunDetailDto, status: 200 })
  async undo(
    @Param() { releaseId }: ReleasePathDto,
    @Body() order: MigrationUndoOrderDto,
    @Actor() actor: string,
  ): Promise<MigrationRunDetail> {
    await this.migrations.undo(releaseId, order, actor);
    return this.detail(releaseId);
  }

  /** Stops a run that is being applied; what it has done by then is taken back. */
  @Requires('operator')
  @Post(':releaseId/cancel')
  @HttpCode(202)
  @ZodResponse({ type: MigrationRunDetailDto, status: 202 })
  async cancel(
    @Param() { releaseId }: ReleasePathDto,
    @Body() { reason }: MigrationReasonDto,
    @Actor() actor: string,
  ): Promise<MigrationRunDetail> {
    await this.migrations.cancel(releaseId, reason, actor);
    return this.detail(releaseId);
  }

  private async detail(releaseId: ReleaseId): Promise<MigrationRunDetail> {
    const run = await this.runs.find(releaseId);
    if (!run) throw noSuchRun(releaseId);
    const [brought, report] = await Promise.all([this.runs.plan(releaseId), this.runs.report(releaseId)]);
    return { ...runView(run), brought: brought.map(broughtView), report: report && reportView(report) };
  }
}
