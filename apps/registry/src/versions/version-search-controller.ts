import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SemVer, Slug, VersionFilter, VersionView } from '@croupier/contracts';
import { pageOf, PageQuery, pageSchema, positionOf, type Page, Requires } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { VersionRepository } from './version-repository';
import { viewOf } from './version-view';

const Position = z.object({ provider: Slug, game: Slug, version: SemVer });

class SearchQueryDto extends createZodDto(VersionFilter.extend(PageQuery.shape)) {}
class VersionPageDto extends createZodDto(pageSchema(VersionView)) {}

@ApiTags('versions')
@Controller('v1/versions')
export class VersionSearchController {
  constructor(private readonly versions: VersionRepository) {}

  /** Versions of all games that fit, by provider, game and SemVer order. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: VersionPageDto })
  async search(
    @Query() { cursor, limit, ...filter }: SearchQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<VersionView>> {
    const found = await this.versions.search(filter, positionOf(cursor, Position), limit + 1);
    return pageOf(found.map(viewOf), {
      limit,
      url,
      positionOfRow: ({ provider, game, version }) => ({ provider, game, version }),
    });
  }
}
