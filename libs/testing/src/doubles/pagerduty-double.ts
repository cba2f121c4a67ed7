import { answer, HttpDouble, type Behaviour, type SeenRequest } from './http-double';

interface PagerDutyEvent {
  readonly routing_key?: string;
  readonly event_action?: string;
  readonly dedup_key?: string;
  readonly links?: readonly { readonly href: string }[];
  readonly payload?: {
    readonly summary?: string;
    readonly source?: string;
    readonly severity?: string;
    readonly custom_details?: Readonly<Record<string, unknown>>;
  };
}

const SEVERITIES = ['critical', 'error', 'warning', 'info'];

/**
 * `/v2/enqueue` of PagerDuty's Events API: https://developer.pagerduty.com/docs/send-alert-event and, for answers,
 * https://developer.pagerduty.com/docs/events-api-v2-overview.
 */
export class PagerDutyDouble {
  readonly routingKey = 'R0UT1NGK3Y0123456789012345678901';
  /** What was taken, in its order. */
  readonly events: PagerDutyEvent[] = [];
  /** By `dedup_key`. */
  readonly incidents = new Map<string, 'triggered' | 'resolved'>();

  private constructor(readonly http: HttpDouble) {}

  static async start(): Promise<PagerDutyDouble> {
    const double: PagerDutyDouble = new PagerDutyDouble(
      await HttpDouble.start((request) => double.answer(request)),
    );
    return double;
  }

  stop(): Promise<void> {
    return this.http.stop();
  }

  private answer({ method, path, body }: SeenRequest): Behaviour {
    if (method !== 'POST' || path !== '/v2/enqueue') return answer(404);
    const event = JSON.parse(body) as PagerDutyEvent;
    const errors = this.faultsOf(event);
    if (errors.length > 0)
      return answer(400, { status: 'invalid event', message: 'Event object is invalid', errors });
    this.events.push(event);
    const key = event.dedup_key ?? `drawn-${this.events.length}`;
    if (event.event_action === 'trigger') this.incidents.set(key, 'triggered');
    // An end of what never began is taken, and does nothing.
    else if (this.incidents.has(key)) this.incidents.set(key, 'resolved');
    return answer(202, { status: 'success', message: 'Event processed', dedup_key: key });
  }

  private faultsOf({
    routing_key: key,
    event_action: action,
    dedup_key: dedup,
    payload,
  }: PagerDutyEvent): string[] {
    const faults: string[] = [];
    if (key?.length !== 32) faults.push("Length of 'routing_key' is incorrect (should be 32 characters)");
    else if (key !== this.routingKey) faults.push("'routing_key' is invalid");
    if (action === undefined || !['trigger', 'acknowledge', 'resolve'].includes(action))
      faults.push("'event_action' is invalid");
    if (dedup !== undefined && dedup.length > 255) faults.push("'dedup_key' is too long");
    if (action !== 'trigger') return dedup === undefined ? [...faults, "'dedup_key' is missing"] : faults;
    if (!payload?.summary || payload.summary.length > 1_024)
      faults.push("'payload.summary' is missing or too long");
    if (!payload?.source) faults.push("'payload.source' is missing or blank");
    if (!SEVERITIES.includes(payload?.severity ?? '')) faults.push("'payload.severity' is invalid");
    return faults;
  }
}
