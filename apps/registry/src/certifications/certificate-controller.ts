import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import {
  CertificateImport,
  CertificateImported,
  CertificateQuery,
  CertificateView,
  DeletionQuery,
  Reason,
  Timestamp,
} from '@croupier/contracts';
import {
  Actor,
  invalidRequest,
  pageOf,
  PageQuery,
  pageSchema,
  positionOf,
  type Page,
  Requires,
} from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Clock } from '../clock';
import { certificatesOfCsv } from './certificate-csv';
import { reasonMissing, unknownCertificate } from './certificate-problems';
import { CertificateRepository } from './certificate-repository';
import { certificateView } from './certificate-view';
import { CertificationService } from './certification-service';

const DAY_MS = 24 * 60 * 60_000;

const CertificateId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the id of a certificate: a number');
const Position = z.object({ id: CertificateId, validTo: Timestamp.nullable() });

class CertificateQueryDto extends createZodDto(CertificateQuery.extend(PageQuery.shape)) {}
class CertificatePageDto extends createZodDto(pageSchema(CertificateView)) {}
class CertificateViewDto extends createZodDto(CertificateView) {}
class CertificateParamsDto extends createZodDto(z.object({ id: CertificateId })) {}
class DeletionQueryDto extends createZodDto(DeletionQuery) {}
class CertificateImportDto extends createZodDto(CertificateImport) {}
class CertificateImportedDto extends createZodDto(CertificateImported) {}
/** A CSV has no place for a reason. */
class ImportQueryDto extends createZodDto(z.object({ reason: Reason.optional() })) {}

@ApiTags('certificates')
@Controller('v1/certificates')
export class CertificateController {
  constructor(
    private readonly certificates: CertificateRepository,
    private readonly certification: CertificationService,
    private readonly clock: Clock,
  ) {}

  /** With `expiringWithinDays`, those that end next first; else in the order in which they came. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: CertificatePageDto })
  async list(
    @Query() { cursor, limit, expiringWithinDays, ...query }: CertificateQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<CertificateView>> {
    const after = positionOf(cursor, Position);
    const now = this.clock.now();
    const found =
      expiringWithinDays === undefined
        ? await this.certificates.list(query, after?.id ?? null, limit + 1)
        : await this.certificates.ending(
            query,
            { now, until: new Date(now.getTime() + expiringWithinDays * DAY_MS) },
            after?.validTo ? { id: after.id, validTo: after.validTo } : null,
            limit + 1,
          );
    return pageOf(
      found.map((record) => certificateView(record, now)),
      { limit, url, positionOfRow: ({ id, validTo }) => ({ id, validTo }) },
    );
  }

  /** All lines or none, as JSON, or as CSV with the reason in the query. The same lines again change nothing. */
  @Requires('admin')
  @Post()
  @HttpCode(200)
  @ApiConsumes('application/json', 'text/csv')
  @ApiBody({ type: CertificateImportDto })
  @ZodResponse({ type: CertificateImportedDto })
  async import(
    @Body() body: unknown,
    @Query() { reason }: ImportQueryDto,
    @Actor() actor: string,
  ): Promise<CertificateImported> {
    return this.certification.import(importOf(body, reason), actor);
  }

  /** Withdraws it: it counts no more, from now on. It stays in the list. */
  @Requires('admin')
  @Delete(':id')
  @ZodResponse({ type: CertificateViewDto })
  async withdraw(
    @Param() { id }: CertificateParamsDto,
    @Query() { reason }: DeletionQueryDto,
    @Actor() author: string,
  ): Promise<CertificateView> {
    const withdrawn = await this.certification.withdraw(id, author, reason);
    if (!withdrawn) throw unknownCertificate(id);
    return certificateView(withdrawn, this.clock.now());
  }
}

/** The body is text when it came as CSV (`service.ts`). */
function importOf(body: unknown, reason: string | undefined): CertificateImport {
  if (typeof body === 'string' && reason === undefined) throw reasonMissing();
  const given = typeof body === 'string' ? { certificates: certificatesOfCsv(body), reason } : body;
  const parsed = CertificateImport.safeParse(given);
  if (!parsed.success) throw invalidRequest(parsed.error);
  return parsed.data;
}
