import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { WebhookAccepted, WebhookIgnored } from '@croupier/contracts';
import { Public } from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { WebhookAcceptance } from './webhook-acceptance';
import { WebhookMetrics } from './webhook-metrics';
import { WebhookReader } from './webhook-reader';

class WebhookAcceptedDto extends createZodDto(WebhookAccepted) {}
class WebhookIgnoredDto extends createZodDto(WebhookIgnored) {}

const BODY = {
  description: "ProviderWebhook of the contracts, or what the provider's payload settings say",
  schema: { type: 'object' as const, properties: { type: { type: 'string' as const } } },
};

@ApiTags('webhooks')
@Public()
@Controller('v1/webhooks')
export class WebhookController {
  constructor(
    private readonly reader: WebhookReader,
    private readonly acceptance: WebhookAcceptance,
    private readonly metrics: WebhookMetrics,
  ) {}

  /**
   * Signed as the provider's settings say: Standard Webhooks 1.0.0 unless they say otherwise. 202 means that the
   * webhook is stored and will be worked on, 200 that it is genuine and tells nothing that the platform acts on.
   */
  @Post(':provider')
  @HttpCode(202)
  @ApiHeader({ name: 'webhook-id', required: false })
  @ApiHeader({ name: 'webhook-timestamp', required: false })
  @ApiHeader({ name: 'webhook-signature', required: false })
  @ApiBody(BODY)
  @ApiAcceptedResponse({ type: WebhookAcceptedDto })
  @ApiOkResponse({ type: WebhookIgnoredDto })
  async receive(
    @Param('provider') provider: string,
    @Req() { headers, body, socket }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookAccepted | WebhookIgnored> {
    try {
      const reading = await this.reader.read({
        provider,
        headers,
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        peer: socket.remoteAddress ?? '',
      });
      if (reading.kind === 'ignored') {
        this.metrics.ignored();
        void reply.status(200);
        return { webhookId: reading.webhookId, ignored: reading.reason };
      }
      const accepted = await this.acceptance.accept(reading.webhook, reading.events);
      this.metrics.accepted(accepted.duplicate);
      return accepted;
    } catch (error) {
      this.metrics.refused(error);
      throw error;
    }
  }
}
