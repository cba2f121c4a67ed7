import { Inject, Injectable, Optional } from '@nestjs/common';
import { PLATFORM_TENANT, type AuditObject, type AuditRecorded, type ServiceName } from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { SERVICE_NAME } from '../bootstrap/tokens';
import { RequestOrigins } from './request-origins';
import { withoutSecrets } from './without-secrets';

/** A change as who makes it knows it. */
export interface AuditedChange {
  /** Whose object it is; the platform's unless given. */
  readonly provider?: string | null;
  readonly actor: string;
  readonly action: string;
  readonly object: AuditObject;
  readonly reason?: string | null;
  /** Of JSON. Left out or null when there was nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Tells the audit trail of a change, if and only if the transaction commits that makes it. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly outbox: Outbox,
    @Inject(SERVICE_NAME) private readonly service: ServiceName,
    @Optional() private readonly origins?: RequestOrigins,
  ) {}

  async record(tx: Transaction, ...changes: readonly AuditedChange[]): Promise<void> {
    const source = `croupier/${this.service}`;
    const events = changes.map((change) => newEvent('audit.recorded', this.recordOf(change), { source }));
    await this.outbox.append(tx, ...events);
  }

  private recordOf(change: AuditedChange): AuditRecorded {
    const { provider, actor, action, object, reason, before, after } = change;
    const origin = this.origins?.current;
    return {
      tenant: provider ?? PLATFORM_TENANT,
      service: this.service,
      ...{ actor, authentication: origin?.authentication ?? null, action, object },
      at: new Date().toISOString(),
      reason: reason ?? null,
      before: withoutSecrets(before),
      after: withoutSecrets(after),
      requestId: origin?.requestId ?? null,
      traceId: origin?.traceId ?? null,
    };
  }
}
