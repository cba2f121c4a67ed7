import type { CloudEvent, ServiceName } from '@croupier/contracts';
import type { SpanAttributes, Tracing } from './tracing';

/**
 * Spans of what crosses the bus, as OpenTelemetry's conventions name them
 * (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/).
 */
export class TracedEvents {
  constructor(
    private readonly tracing: Tracing,
    private readonly service: ServiceName,
    private readonly system: 'rabbitmq' | 'croupier',
  ) {}

  handle(event: CloudEvent, handle: () => Promise<void>): Promise<void> {
    const attributes = {
      ...this.attributesOf(event, 'process'),
      'messaging.consumer.group.name': this.service,
    };
    const span = {
      name: `process ${event.type}`,
      kind: 'consumer',
      parent: event.traceparent ?? null,
    } as const;
    return this.tracing.within({ ...span, attributes }, handle);
  }

  /** From the moment of the event, which is when it was put into the outbox, to the bus answering for it. */
  published(events: readonly CloudEvent[]): void {
    const endMs = Date.now();
    for (const event of events) {
      if (event.traceparent === undefined) continue;
      this.tracing.record({
        name: `send ${event.type}`,
        kind: 'producer',
        parent: event.traceparent,
        attributes: this.attributesOf(event, 'send'),
        startMs: Date.parse(event.time),
        endMs,
      });
    }
  }

  private attributesOf({ id, type }: CloudEvent, operation: 'process' | 'send'): SpanAttributes {
    return {
      'messaging.system': this.system,
      'messaging.operation.type': operation,
      'messaging.operation.name': operation,
      'messaging.destination.name': type,
      'messaging.message.id': id,
      'cloudevents.event_id': id,
      'cloudevents.event_type': type,
    };
  }
}
