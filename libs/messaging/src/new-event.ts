import { randomUUID } from 'node:crypto';
import type { CloudEvent, EventData, EventType } from '@croupier/contracts';

export interface EventOrigin {
  /** URI reference of the part that speaks, such as `croupier/registry`. */
  source: string;
  subject?: string;
  /** W3C Trace Context; null of what belongs to no trace. */
  traceparent?: string | null | undefined;
  /** A UUID. */
  id?: string;
}

export function newEvent<T extends EventType>(
  type: T,
  data: EventData<T>,
  origin: EventOrigin,
): CloudEvent<T, EventData<T>> {
  return {
    specversion: '1.0',
    id: origin.id ?? randomUUID(),
    source: origin.source,
    type,
    ...(origin.subject === undefined ? {} : { subject: origin.subject }),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    ...(origin.traceparent == null ? {} : { traceparent: origin.traceparent }),
    data,
  };
}
