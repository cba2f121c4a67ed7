import { Controller, Get, Headers, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { canonicalJson } from '@croupier/audit-chain';
import { ServiceReport, ServiceReportQuery, type ServiceReportFormat } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { reportCsv } from './report-csv';
import { acceptedFormat, MEDIA_TYPES } from './report-format';
import { ReportMaker } from './report-maker';
import { reportPdf } from './report-pdf';

class ServiceReportQueryDto extends createZodDto(ServiceReportQuery) {}
class ServiceReportDto extends createZodDto(ServiceReport) {}

@ApiTags('reports')
@ApiBearerAuth()
@Requires('viewer')
@Controller('v1/reports')
export class ReportController {
  constructor(private readonly reports: ReportMaker) {}

  /**
   * What was dealt of a game in each market, from when to when, and on whose word. The JSON is signed; CSV and PDF
   * carry its digest and its signature.
   */
  @Get('service')
  @ApiProduces(...Object.values(MEDIA_TYPES))
  @ApiOkResponse({ type: ServiceReportDto.Output })
  async service(
    @Query() query: ServiceReportQueryDto,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const format = query.format ?? acceptedFormat(accept);
    const report = await this.reports.make(query);
    void reply.header('vary', 'accept');
    return new StreamableFile(await bytesOf(report, format), {
      type: format === 'pdf' ? MEDIA_TYPES.pdf : `${MEDIA_TYPES[format]}; charset=utf-8`,
      ...(format !== 'json' && { disposition: `attachment; filename="${nameOf(report)}.${format}"` }),
    });
  }
}

async function bytesOf(report: ServiceReport, format: ServiceReportFormat): Promise<Buffer> {
  switch (format) {
    case 'json':
      return Buffer.from(canonicalJson(report));
    case 'csv':
      return Buffer.from(reportCsv(report));
    case 'pdf':
      return reportPdf(report);
  }
}

function nameOf({ provider, game, market, from, to }: ServiceReport): string {
  const days = [from, to].map((time) => time.slice(0, 10));
  return [provider, game, market ?? 'all', ...days].join('-');
}
