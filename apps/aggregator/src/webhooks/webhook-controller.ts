import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { ProviderWebhook, WebhookAccepted } from '@croupier/contracts';
import { Public } from '@croupier/service-kit';
import type { FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { WebhookIntake } from './webhook-intake';
import { WebhookMetrics } from './webhook-metrics';

class ProviderWebhookDto extends createZodDto(ProviderWebhook) {}
class WebhookAcceptedDto extends createZodDto(WebhookAccepted) {}

@ApiTags('webhooks')
@Public()
@Controller('v1/webhooks')
export class WebhookController {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly metrics: WebhookMetrics,
  ) {}

  /** Signed as Standard Webhooks 1.0.0 describes. 202 means that the webhook is stored and will be worked on. */
  @Post(':provider')
  @HttpCode(202)
  @ApiHeader({ name: 'webhook-id', required: true })
  @ApiHeader({ name: 'webhook-timestamp', required: true })
  @ApiHeader({ name: 'webhook-signature', required: true })
  @ApiBody({ type: ProviderWebhookDto })
  @ZodResponse({ status: 202, type: WebhookAcceptedDto })
  async receive(
    @Param('provider') provider: string,
    @Req() { headers, body }: FastifyRequest,
  ): Promise<WebhookAccepted> {
    try {
      const accepted = await this.intake.accept({
        provider,
        headers,
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      });
      this.metrics.accepted(accepted.duplicate);
      return accepted;
    } catch (error) {
      this.metrics.refused(error);
      throw error;
    }
  }
}
