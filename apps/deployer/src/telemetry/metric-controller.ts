import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { MetricReports } from '@croupier/contracts';
import { RequiresService } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { TelemetryRepository } from './telemetry-repository';

class MetricReportsDto extends createZodDto(MetricReports) {}
class StoredDto extends createZodDto(
  z.object({
    /** Reports that were new and of a release's `webhook` metric; the others change nothing. */
    stored: z.int().min(0),
  }),
) {}

@ApiTags('telemetry')
@Controller('v1/metrics')
export class MetricController {
  constructor(
    private readonly telemetry: TelemetryRepository,
    private readonly loop: OrchestrationLoop,
  ) {}

  /** Counts of metrics whose source is `webhook`. A report counts once however often it comes. */
  @RequiresService()
  @Post()
  @HttpCode(202)
  @ZodResponse({ status: 202, type: StoredDto })
  async accept(@Body() { reports }: MetricReportsDto): Promise<{ stored: number }> {
    const stored = await this.telemetry.observe(reports);
    this.loop.wake();
    return { stored };
  }
}
