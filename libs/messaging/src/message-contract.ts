import { CloudEvent, EVENTS, type EventType } from '@croupier/contracts';
import { prettifyError } from 'zod';
import { PoisonMessage } from './bus';

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type);
}

/** Structured JSON mode of CloudEvents 1.0. */
export function parseEnvelope(content: Buffer): CloudEvent {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new PoisonMessage('is not JSON', { cause: error });
  }
  const parsed = CloudEvent.safeParse(json);
  if (!parsed.success) throw new PoisonMessage(`is no CloudEvent: ${prettifyError(parsed.error)}`);
  return parsed.data;
}

export function parseData(event: CloudEvent): CloudEvent<EventType> {
  const { type } = event;
  if (!isEventType(type)) throw new PoisonMessage(`${type} is not in the catalogue of events`);
  const parsed = EVENTS[type].safeParse(event.data);
  if (!parsed.success) throw new PoisonMessage(`${type} breaks its contract: ${prettifyError(parsed.error)}`);
  return { ...event, type, data: parsed.data };
}
