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

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export function newEvent<T extends EventType>(
  type: T,
  data: EventData<T>,
  origin: EventOrigin,
): CloudEvent<T, EventData<T>> {
  const event: Mutable<CloudEvent<T, EventData<T>>> = {
    specversion: '1.0',
    id: origin.id ?? randomUUID(),
    source: origin.source,
    type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data,
  };
  // Not spread in: objects of which there is one for each webhook are written out.
  if (origin.subject !== undefined) event.subject = origin.subject;
  if (origin.traceparent != null) event.traceparent = origin.traceparent;
  return event;
}
