import { Injectable } from '@nestjs/common';
import type { AlertChannelSettings } from '@croupier/contracts';
import type { Outgoing } from './outgoing';
import { PagerDutyChannel } from './pagerduty/pagerduty-channel';
import { SlackChannel } from './slack/slack-channel';
import { WebhookChannel } from './webhook/webhook-channel';

/** Every kind of channel that there is. */
@Injectable()
export class Channels {
  constructor(
    private readonly slack: SlackChannel,
    private readonly pagerDuty: PagerDutyChannel,
    private readonly webhook: WebhookChannel,
  ) {}

  /** Answers what the receiver says. @throws DeliveryFault */
  send(outgoing: Outgoing, settings: AlertChannelSettings): Promise<string> {
    switch (settings.kind) {
      case 'slack':
        return this.slack.send(outgoing, settings);
      case 'pagerduty':
        return this.pagerDuty.send(outgoing, settings);
      case 'webhook':
        return this.webhook.send(outgoing, settings);
    }
  }
}
