import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ClearanceEntry } from '@croupier/contracts';
import { pageOf, PageQuery, pageSchema, positionOf, type Page, Requires } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { unknownVersion } from '../versions/unknown-version';
import { VersionIdDto, versionOf } from '../versions/version-id';

class PageQueryDto extends createZodDto(PageQuery) {}
class ClearancePageDto extends createZodDto(pageSchema(ClearanceEntry)) {}

interface Row {
  readonly revision: number;
  readonly markets: string[];
  readonly revoked: boolean;
  readonly actor: string;
  readonly reason: string;
  readonly at: Date;
}

@ApiTags('versions')
@Controller('v1/versions/:id/clearances')
export class ClearanceHistoryController {
  constructor(private readonly dataSource: DataSource) {}

  /** Where the version might be dealt, each time that it changed, the latest first. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ClearancePageDto })
  async list(
    @Param() { id }: VersionIdDto,
    @Query() { cursor, limit }: PageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<ClearanceEntry>> {
    const { provider, game, version } = versionOf(id);
    const before = positionOf(cursor, z.int());
    const rows = await this.dataSource.query<Row[]>(
      `SELECT revision, markets, revoked, actor, reason, at FROM clearances
        WHERE (provider, game, version) = ($1, $2, $3) AND ($4::int IS NULL OR revision < $4)
        ORDER BY revision DESC LIMIT $5`,
      [provider, game, version, before, limit + 1],
    );
    if (rows.length === 0 && before === null) throw unknownVersion({ provider, game, version });
    return pageOf(rows.map(entryOf), {
      limit,
      url,
      positionOfRow: ({ clearance }) => clearance.revision,
    });
  }
}

function entryOf({ revision, markets, revoked, actor, reason, at }: Row): ClearanceEntry {
  return { clearance: { revision, markets, revoked }, actor, reason, at: at.toISOString() };
}
