import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ArtifactRejected, SemVer, Slug, Timestamp } from '@croupier/contracts';
import {
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
import { z } from 'zod';
import { RejectionRepository, type RejectionRecord } from './rejection-repository';

const RejectionId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the id of a rejection');

const RejectionView = z.object({
  id: RejectionId,
  provider: Slug,
  game: Slug,
  version: SemVer,
  reason: ArtifactRejected.shape.reason,
  detail: z.string(),
  /** Where the artifact was said to be. */
  reference: z.string(),
  /** SHA-256 of the manifest, of a file, or digest of an image, as it was announced. */
  announcedDigest: z.string().nullable(),
  /** Of the version that had been registered before. */
  registeredDigest: z.string().nullable(),
  foundDigest: z.string().nullable(),
  foundBytes: z.number().nullable(),
  /** Of the announcement; null where the registry looked at a source again. */
  webhookId: z.string().nullable(),
  announcedAt: Timestamp.nullable(),
  eventId: z.string(),
  rejectedAt: Timestamp,
});
type RejectionView = z.infer<typeof RejectionView>;

/** With the manifest that was found, up to 64 KiB of it. */
const RejectionEvidence = RejectionView.extend({ foundManifest: z.string().nullable() });

class RejectionQueryDto extends createZodDto(
  PageQuery.extend({
    provider: Slug.optional(),
    game: Slug.optional(),
    version: SemVer.optional(),
    reason: ArtifactRejected.shape.reason.optional(),
  }),
) {}
class RejectionParamsDto extends createZodDto(z.object({ id: RejectionId })) {}
class RejectionPageDto extends createZodDto(pageSchema(RejectionView)) {}
class RejectionEvidenceDto extends createZodDto(RejectionEvidence) {}

@ApiTags('rejections')
@Controller('v1/rejections')
export class RejectionController {
  constructor(private readonly rejections: RejectionRepository) {}

  /** What was announced and refused, or found changed at its source; the newest first. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: RejectionPageDto })
  async list(
    @Query() { cursor, limit, ...filter }: RejectionQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<RejectionView>> {
    const rows = await this.rejections.list(filter, positionOf(cursor, RejectionId), limit + 1);
    return pageOf(rows.map(viewOf), { limit, url, positionOfRow: ({ id }) => id });
  }

  @Requires('viewer')
  @Get(':id')
  @ZodResponse({ type: RejectionEvidenceDto })
  async one(@Param() { id }: RejectionParamsDto): Promise<z.infer<typeof RejectionEvidence>> {
    const found = await this.rejections.find(id);
    if (found) return { ...viewOf(found), foundManifest: found.foundManifest };
    throw new ProblemException({
      slug: 'unknown-rejection',
      status: 404,
      title: 'There is no such rejection',
      detail: `No rejection has the id ${id}.`,
      remedy: 'GET /v1/rejections lists them.',
    });
  }
}

function viewOf({ announcedAt, rejectedAt, ...rest }: RejectionRecord): RejectionView {
  return { ...rest, announcedAt: announcedAt?.toISOString() ?? null, rejectedAt: rejectedAt.toISOString() };
}
