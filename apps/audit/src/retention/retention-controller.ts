import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AuditRetention } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { AuditConfig } from '../audit-config';
import { AnchorRepository } from './anchor-repository';
import { AuditYears } from './audit-years';
import { RecordRetention } from './record-retention';

class AuditRetentionDto extends createZodDto(AuditRetention) {}

@ApiTags('audit')
@ApiBearerAuth()
@Requires('viewer')
@Controller('v1/retention')
export class RetentionController {
  constructor(
    private readonly config: AuditConfig,
    private readonly years: AuditYears,
    private readonly anchors: AnchorRepository,
    private readonly retention: RecordRetention,
  ) {}

  /** Which years are kept, until when, and the signed anchors of what went to the archive. */
  @Get()
  @ZodResponse({ type: AuditRetentionDto })
  async get(): Promise<AuditRetention> {
    const { retentionYears, archiveDirectory } = this.config;
    const kept = (await this.years.kept()).map((year) => ({
      year,
      mayGoAt: this.retention.mayGoAt(year).toISOString(),
    }));
    const anchors = await this.anchors.all();
    return { years: retentionYears, archived: archiveDirectory !== null, kept, anchors };
  }
}
