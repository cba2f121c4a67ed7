import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public';
import { Metrics } from './metrics';
import { OPEN_METRICS } from './open-metrics';

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

@ApiExcludeController()
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** OpenMetrics, with exemplars, for who asks for it. */
  @Get()
  async scrape(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept') accept = '',
  ): Promise<string> {
    const asksForOpenMetrics = accept.includes('application/openmetrics-text');
    void reply.header('content-type', asksForOpenMetrics ? OPEN_METRICS : PROMETHEUS_TEXT);
    return asksForOpenMetrics ? this.metrics.openMetrics() : this.metrics.text();
  }
}
