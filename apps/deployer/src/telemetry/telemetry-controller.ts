import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TelemetryBatch } from '@croupier/contracts';
import { RequiresService } from '@croupier/service-kit';
import { createZodDto } from 'nestjs-zod';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { TelemetryRepository } from './telemetry-repository';

class TelemetryBatchDto extends createZodDto(TelemetryBatch) {}

@ApiTags('telemetry')
@Controller('v1/telemetry')
export class TelemetryController {
  constructor(
    private readonly telemetry: TelemetryRepository,
    private readonly loop: OrchestrationLoop,
  ) {}

  /** Gateways report here. A window counts once however often it comes; 204 means that it is stored. */
  @RequiresService()
  @Post()
  @HttpCode(204)
  async accept(@Body() batch: TelemetryBatchDto): Promise<void> {
    await this.telemetry.store(batch.windows);
    this.loop.wake();
  }
}
