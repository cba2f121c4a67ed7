import { Body, Controller, Headers, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { SignatureGuard } from './signature.guard';
import { WebhookService, type Announcement } from './webhook.service';

@Controller('v1/webhooks')
export class WebhookController {
  constructor(private readonly webhooks: WebhookService) {}

  @Post(':provider')
  @HttpCode(202)
  @UseGuards(SignatureGuard)
  receive(
    @Param('provider') provider: string,
    @Headers('webhook-id') webhookId: string,
    @Body() body: Announcement,
  ) {
    return this.webhooks.receive(provider, webhookId, body);
  }
}
