import { Body, Controller, Get, Headers, HttpCode, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Metrics, Public } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ToggleRepository } from '../toggles/toggle-repository';
import { clientFeatures } from './client-features';
import { ClientMetrics, ClientRegistration } from './client-reports';
import { ClientTokenGuard } from './client-token-guard';
import { noneMatchNames } from './etag';

class FeatureQueryDto extends createZodDto(z.object({ namePrefix: z.string().max(100).optional() })) {}
class ClientRegistrationDto extends createZodDto(ClientRegistration) {}
class ClientMetricsDto extends createZodDto(ClientMetrics) {}

/** The part of the Unleash client API that its SDKs poll and report to. */
@ApiTags('unleash client api')
@Public()
@UseGuards(ClientTokenGuard)
@Controller('api/client')
export class ClientApiController {
  private readonly evaluations;

  constructor(
    private readonly toggles: ToggleRepository,
    metrics: Metrics,
  ) {
    this.evaluations = metrics.counter<'result'>({
      name: 'flags_evaluations_total',
      help: 'Evaluations that SDKs have reported',
      labelNames: ['result'],
    });
  }

  @Get('features')
  async features(
    @Query() { namePrefix }: FeatureQueryDto,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const toggles = await this.toggles.all(namePrefix);
    const { etag, body } = clientFeatures(toggles, namePrefix === undefined ? {} : { namePrefix });
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (noneMatchNames(ifNoneMatch, etag)) await reply.code(304).send();
    else await reply.type('application/json; charset=utf-8').send(body);
  }

  @Post('register')
  @HttpCode(202)
  register(@Body() _registration: ClientRegistrationDto): void {}

  @Post('metrics')
  @HttpCode(202)
  report(@Body() { bucket }: ClientMetricsDto): void {
    for (const { yes, no } of Object.values(bucket.toggles)) {
      this.evaluations.inc({ result: 'on' }, yes);
      this.evaluations.inc({ result: 'off' }, no);
    }
  }
}
