import { trace, type SpanContext } from '@opentelemetry/api';
import type { CloudEvent } from '@croupier/contracts';

/** Version 00 of W3C Trace Context (https://www.w3.org/TR/trace-context/#traceparent-header). */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for what is no `traceparent`. */
export function parseTraceparent(text: unknown): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(typeof text === 'string' ? text : '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** Of the span under way; undefined when there is none, as ever while tracing is off. */
export function activeTraceparent(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined) return undefined;
  const flags = active.traceFlags.toString(16).padStart(2, '0');
  return `00-${active.traceId}-${active.spanId}-${flags}`;
}

/**
 * What goes on from the event: the span under way where that is of the event's trace, or the event names none. A release
 * that an operator's request moves on stays in the trace of its webhook.
 */
export function traceparentOf({ traceparent }: Pick<CloudEvent, 'traceparent'>): string | undefined {
  const active = activeTraceparent();
  if (active === undefined || traceparent === undefined) return active ?? traceparent;
  return traceIdOf(active) === traceIdOf(traceparent) ? active : traceparent;
}

export function inActiveTrace<Event extends CloudEvent>(event: Event): Event {
  const traceparent = traceparentOf(event);
  return traceparent === event.traceparent ? event : { ...event, traceparent };
}

function traceIdOf(traceparent: string): string | undefined {
  return parseTraceparent(traceparent)?.traceId;
}
