import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PoolStay, SemVer, Slug, Timestamp, Whereabouts, WhereQuery } from '@croupier/contracts';
import { pageOf, PageQuery, pageSchema, positionOf, type Page, Requires } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Clock } from '../clock';
import { idOf, VersionIdDto, versionOf } from '../versions/version-id';
import { unknownVersion } from '../versions/unknown-version';
import { WhereaboutsRepository, type StayRecord, type WhereaboutsRecord } from './whereabouts-repository';

const Position = z.object({ provider: Slug, game: Slug, version: SemVer, at: Timestamp });

class WhereQueryDto extends createZodDto(WhereQuery.extend(PageQuery.shape)) {}
class PageQueryDto extends createZodDto(PageQuery) {}
class WhereaboutsPageDto extends createZodDto(pageSchema(Whereabouts)) {}
class StayPageDto extends createZodDto(pageSchema(PoolStay)) {}

@ApiTags('pools')
@Controller('v1')
export class WhereaboutsController {
  constructor(
    private readonly whereabouts: WhereaboutsRepository,
    private readonly clock: Clock,
  ) {}

  /** What ran where at a moment, by provider, game and version: a pool, and a share of the traffic. */
  @Requires('viewer')
  @Get('where')
  @ZodResponse({ type: WhereaboutsPageDto })
  async where(
    @Query() { cursor, limit, ...query }: WhereQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<Whereabouts>> {
    const after = positionOf(cursor, Position);
    // All pages are of one moment, also when none was asked for.
    const at = after?.at ?? query.at ?? this.clock.now().toISOString();
    const found = await this.whereabouts.at(query, new Date(at), after, limit + 1);
    return pageOf(found.map(whereaboutsOf), {
      limit,
      url,
      positionOfRow: ({ provider, game, version }) => ({ provider, game, version, at }),
    });
  }

  /** Where a version has been, the latest first, with the event and the reason of each move. */
  @Requires('viewer')
  @Get('versions/:id/pools')
  @ZodResponse({ type: StayPageDto })
  async pools(
    @Param() { id }: VersionIdDto,
    @Query() { cursor, limit }: PageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<PoolStay>> {
    const before = positionOf(cursor, Timestamp);
    const found = await this.whereabouts.of(
      versionOf(id),
      before === null ? null : new Date(before),
      limit + 1,
    );
    if (found.length === 0 && before === null) throw unknownVersion(versionOf(id));
    return pageOf(found.map(stayOf), { limit, url, positionOfRow: ({ from }) => from });
  }
}

function stayOf({ provider, game, version, pool, from, to, reason, eventId }: StayRecord): PoolStay {
  return {
    id: idOf({ provider, game, version }),
    provider,
    game,
    version,
    pool,
    from: from.toISOString(),
    to: to?.toISOString() ?? null,
    reason,
    eventId,
  };
}

function whereaboutsOf(record: WhereaboutsRecord): Whereabouts {
  const { version, stableVersion, canaryVersion, dealt } = record;
  const shares = dealt
    ?.filter((each) => each.version === version)
    .flatMap(({ markets }) => Object.entries(markets));
  const stay = { ...stayOf(record), markets: shares ? Object.fromEntries(shares) : null };
  const canaryPercent = canaryVersion === null ? 0 : (record.canaryPercent ?? 0);
  if (version === stableVersion) return { ...stay, role: 'stable', weightPercent: 100 - canaryPercent };
  if (version === canaryVersion) return { ...stay, role: 'canary', weightPercent: canaryPercent };
  return { ...stay, role: null, weightPercent: 0 };
}
