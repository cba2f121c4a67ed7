import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { ClearanceChanged, CloudEvent } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { ClearanceChanges, type Outcome } from './clearance-changes';

@Controller()
export class ClearanceConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly changes: ClearanceChanges,
  ) {}

  /** A version was certified, lost a certificate, or was revoked. */
  @EventPattern('clearance.changed')
  async onClearanceChanged(
    @Payload() event: CloudEvent<'clearance.changed', ClearanceChanged>,
  ): Promise<void> {
    let outcome: Outcome | null = null;
    await this.inbox.once(event, async (tx) => {
      outcome = await this.changes.apply(tx, event.data, event);
    });
    if (outcome) this.changes.after(outcome);
  }
}
