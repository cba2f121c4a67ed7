import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { CONSUMERS, type AuditRecorded, type CloudEvent } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { ChainRepository } from './chain-repository';
import { recordOfEvent } from './record-of-event';

/** Everything that becomes a record, once. */
@Controller()
export class TrailConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly chain: ChainRepository,
  ) {}

  @EventPattern('audit.recorded')
  async onRecorded(@Payload() event: CloudEvent<'audit.recorded', AuditRecorded>): Promise<void> {
    await this.inbox.once(event, (tx) => this.chain.append(tx, event.id, event.data));
  }

  @EventPattern(CONSUMERS.audit.filter((type) => type !== 'audit.recorded'))
  async onEvent(@Payload() event: CloudEvent): Promise<void> {
    await this.inbox.once(event, (tx) => this.chain.append(tx, event.id, recordOfEvent(event)));
  }
}
