import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ReleaseId, SemVer, Slug, SubjectId, Timestamp } from '@croupier/contracts';
import { ProblemException } from '@croupier/service-kit';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { RUN_STATUSES, type Run } from './run';
import { RunRepository } from './run-repository';

class MigrationQueryDto extends createZodDto(
  z.object({
    subject: SubjectId.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
) {}

class ReleasePathDto extends createZodDto(z.object({ releaseId: ReleaseId })) {}

const RunView = z.object({
  releaseId: ReleaseId,
  provider: Slug,
  game: Slug,
  version: SemVer,
  status: z.enum(RUN_STATUSES),
  /** What the last step did: the scripts it rehearsed, applied or undid. */
  scripts: z.array(z.object({ version: z.string(), description: z.string(), durationMs: z.number() })),
  detail: z.string(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
type RunView = z.infer<typeof RunView>;

const RunsView = z.object({ items: z.array(RunView) });
class RunsDto extends createZodDto(RunsView) {}

const RunDetailView = RunView.extend({
  /** The migrations that the release brought. */
  brought: z.array(
    z.object({
      version: z.string(),
      description: z.string(),
      script: z.string(),
      checksum: z.int(),
      undoScript: z.string().nullable(),
    }),
  ),
});
class RunDetailDto extends createZodDto(RunDetailView) {}

@ApiTags('migrations')
@ApiBearerAuth()
@Controller('v1/migrations')
export class MigrationController {
  constructor(private readonly runs: RunRepository) {}

  /** The migrations of releases, newest first; of one `provider/game` if asked. */
  @Get()
  @ApiOkResponse({ type: RunsDto })
  async list(@Query() { subject, limit }: MigrationQueryDto): Promise<z.infer<typeof RunsView>> {
    const [provider = '', game = ''] = subject?.split('/') ?? [];
    const runs = await this.runs.list(subject && { provider, game }, limit);
    return { items: runs.map(viewOf) };
  }

  @Get(':releaseId')
  @ApiOkResponse({ type: RunDetailDto })
  async one(@Param() { releaseId }: ReleasePathDto): Promise<z.infer<typeof RunDetailView>> {
    const run = await this.runs.find(releaseId);
    if (!run) throw noSuchRun(releaseId);
    const brought = (await this.runs.plan(releaseId)).map(
      ({ version, description, script, checksum, undo }) => ({
        version,
        description,
        script,
        checksum,
        undoScript: undo?.script ?? null,
      }),
    );
    return { ...viewOf(run), brought };
  }
}

function viewOf(run: Run): RunView {
  return {
    ...run,
    scripts: [...run.scripts],
    createdAt: run.createdAt.toISOString(),
    updatedAt: run.updatedAt.toISOString(),
  };
}

function noSuchRun(releaseId: ReleaseId): ProblemException {
  return new ProblemException({
    slug: 'migrations-not-found',
    status: 404,
    title: 'The release has no migrations here',
    detail: `No migrations of release ${releaseId} are known.`,
    remedy: 'List those that are with GET /v1/migrations.',
  });
}
