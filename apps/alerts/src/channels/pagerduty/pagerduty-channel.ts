import { Injectable } from '@nestjs/common';
import type { AlertChannelSettings } from '@croupier/contracts';
import { AlertHttp } from '../http/alert-http';
import type { Outgoing } from '../outgoing';
import { pagerDutyEvent } from './pagerduty-event';

type PagerDutySettings = Extract<AlertChannelSettings, { kind: 'pagerduty' }>;

/** Opens and resolves incidents. Safe to repeat: PagerDuty joins events that have the same `dedup_key`. */
@Injectable()
export class PagerDutyChannel {
  constructor(private readonly http: AlertHttp) {}

  /** @throws DeliveryFault */
  send({ message, secret, signal }: Outgoing, { eventsUrl }: PagerDutySettings): Promise<string> {
    return this.http.post({
      url: `${eventsUrl.replace(/\/$/, '')}/v2/enqueue`,
      body: JSON.stringify(pagerDutyEvent(message, secret)),
      signal,
    });
  }
}
