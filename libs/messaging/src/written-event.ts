import type { CloudEvent } from '@croupier/contracts';

/** An event as the outbox has it. A bus that sends text needs no more, and reading an event costs as much as sending it. */
export class WrittenEvent {
  constructor(
    readonly id: string,
    readonly type: string,
    /** JSON. */
    readonly text: string,
  ) {}
}

export type Publishable = CloudEvent | WrittenEvent;

export function eventOf(publishable: Publishable): CloudEvent {
  return publishable instanceof WrittenEvent ? (JSON.parse(publishable.text) as CloudEvent) : publishable;
}

export function textOf(publishable: Publishable): string {
  return publishable instanceof WrittenEvent ? publishable.text : JSON.stringify(publishable);
}
