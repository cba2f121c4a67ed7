import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { WebhookAccepted, WebhookIgnored } from '@croupier/contracts';
import { Public } from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto } from 'nestjs-zod';
import { WebhookReception } from './webhook-reception';

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
  constructor(private readonly reception: WebhookReception) {}

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
    const answer = await this.reception.receive({
      provider,
      headers,
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      peer: socket.remoteAddress ?? '',
    });
    void reply.status(answer.status);
    return answer.body;
  }
}
