import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { FlagHistoryEntry, FlagHistoryKind } from '@croupier/contracts';
import { PageQuery, pageOf, pageSchema, positionOf, type Page, Requires } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ChainVerification } from './chain-verification';
import { Ledger } from './ledger';

class QueryDto extends createZodDto(
  PageQuery.extend({ kind: FlagHistoryKind.optional(), name: z.string().max(100).optional() }),
) {}
class HistoryPageDto extends createZodDto(pageSchema(FlagHistoryEntry)) {}
class ChainDto extends createZodDto(z.object({ verified: z.boolean(), brokenAt: z.int().nullable() })) {}

@ApiTags('flag history')
@ApiBearerAuth()
@Controller('v1/flag-history')
export class HistoryController {
  constructor(
    private readonly ledger: Ledger,
    private readonly chain: ChainVerification,
  ) {}

  /** Every change of flags, segments, environments, tokens and change requests, newest first. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: HistoryPageDto })
  async list(
    @Query() { cursor, limit, kind, name }: QueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<FlagHistoryEntry>> {
    const filter = { ...(kind && { kind }), ...(name && { name }) };
    const entries = await this.ledger.history(filter, positionOf(cursor, z.int()), limit + 1);
    return pageOf(entries, { limit, url, positionOfRow: ({ revision }) => revision });
  }

  /** Recomputes the hash chain of all of it. */
  @Requires('viewer')
  @Get('verification')
  @ZodResponse({ type: ChainDto })
  async verify(): Promise<{ verified: boolean; brokenAt: number | null }> {
    const brokenAt = await this.chain.brokenAt();
    return { verified: brokenAt === null, brokenAt };
  }
}
