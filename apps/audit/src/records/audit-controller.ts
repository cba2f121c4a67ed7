import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  AuditExportQuery,
  AuditKeys,
  AuditQuery,
  AuditRecord,
  AuditVerification,
  Slug,
  Timestamp,
} from '@croupier/contracts';
import {
  pageOf,
  PageQuery,
  pageSchema,
  positionOf,
  ProblemException,
  Requires,
  type Page,
} from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { AuditExport } from '../export/audit-export';
import { AuditKeyRing } from '../keys/audit-key-ring';
import { ChainRepository } from '../trail/chain-repository';
import { LiveVerification } from '../verification/live-verification';
import { RecordSearch } from './record-search';

const Position = z.object({ at: Timestamp, tenant: Slug, sequence: z.int() });

class AuditQueryDto extends createZodDto(PageQuery.extend(AuditQuery.shape)) {}
class AuditPageDto extends createZodDto(pageSchema(AuditRecord)) {}
class AuditRecordDto extends createZodDto(AuditRecord) {}
class AuditPathDto extends createZodDto(
  z.object({ tenant: Slug, sequence: z.coerce.number().int().min(1) }),
) {}
class AuditExportQueryDto extends createZodDto(AuditExportQuery) {}
class AuditKeysDto extends createZodDto(AuditKeys) {}
class VerificationQueryDto extends createZodDto(z.object({ tenant: Slug.optional() })) {}
class VerificationDto extends createZodDto(AuditVerification) {}

@ApiTags('audit')
@ApiBearerAuth()
@Requires('viewer')
@Controller('v1')
export class AuditController {
  constructor(
    private readonly search: RecordSearch,
    private readonly chain: ChainRepository,
    private readonly exporting: AuditExport,
    private readonly verification: LiveVerification,
    private readonly keyRing: AuditKeyRing,
  ) {}

  /** The latest first. */
  @Get('audit')
  @ZodResponse({ type: AuditPageDto })
  async list(
    @Query() { cursor, limit, ...query }: AuditQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<AuditRecord>> {
    const found = await this.search.page(query, positionOf(cursor, Position), limit + 1);
    const positionOfRow = ({ at, tenant, sequence }: AuditRecord): object => ({ at, tenant, sequence });
    return pageOf(found, { limit, url, positionOfRow });
  }

  @Get('audit/:tenant/records/:sequence')
  @ZodResponse({ type: AuditRecordDto })
  async one(@Param() { tenant, sequence }: AuditPathDto): Promise<AuditRecord> {
    const record = await this.chain.find(tenant, sequence);
    if (record) return record;
    throw new ProblemException({
      slug: 'unknown-audit-record',
      status: 404,
      title: 'There is no such record',
      detail: `The chain of ${tenant} has no record ${sequence}.`,
      remedy: 'GET /v1/audit lists the records.',
      errors: [{ field: 'sequence', detail: 'names no record' }],
    });
  }

  /** A chain as JSON Lines, as it was recorded; the last line is a signed manifest. */
  @Get('export')
  @ApiOkResponse({ content: { 'application/jsonl': {} } })
  export(@Query() query: AuditExportQueryDto): StreamableFile {
    return new StreamableFile(Readable.from(this.exporting.lines(query)), { type: 'application/jsonl' });
  }

  /** The public keys that signatures are verified with. */
  @Get('keys')
  @ZodResponse({ type: AuditKeysDto })
  keys(): AuditKeys {
    return this.keyRing.published;
  }

  /** Reads every record and every checkpoint, of one chain or of all. */
  @Get('verification')
  @ZodResponse({ type: VerificationDto })
  async verify(@Query() { tenant }: VerificationQueryDto): Promise<AuditVerification> {
    const tenants = [];
    for (const each of tenant === undefined ? await this.chain.tenants() : [tenant])
      tenants.push(await this.verification.of(each));
    return { verified: tenants.every(({ verified }) => verified), tenants };
  }
}
