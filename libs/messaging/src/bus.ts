import type { CloudEvent } from '@croupier/contracts';

export interface DeadLetter {
  readonly consumer: string;
  readonly event: CloudEvent;
  readonly error: Error;
  /** Deliveries that were tried. */
  readonly attempts: number;
}

export type Deliver = (event: CloudEvent) => Promise<void>;
export type StoreDeadLetter = (letter: DeadLetter) => Promise<void>;

export interface Subscription {
  /** Takes no further delivery and waits for those in hand. What arrives meanwhile is kept for later. */
  close(): Promise<void>;
}

/** At-least-once delivery of every event to every consumer of its type. */
export interface Bus {
  /** Resolves when the bus answers for the events; rejects when any of them has to be published again. */
  publish(events: readonly CloudEvent[]): Promise<void>;
  /**
   * A rejected `deliver` is repeated with a growing delay, then dead-lettered; a `PoisonMessage` at once.
   * `onDeadLetter` stores dead letters for a bus that has no dead letter queue of its own.
   */
  subscribe(
    consumer: string,
    types: readonly string[],
    deliver: Deliver,
    onDeadLetter?: StoreDeadLetter,
  ): Promise<Subscription>;
  /** Whether `publish` has a chance now. */
  readonly connected: boolean;
  close(): Promise<void>;
}

/** A message that no retry can help: not JSON, no CloudEvent, or against its type's contract. */
export class PoisonMessage extends Error {
  override readonly name = 'PoisonMessage';
}

/** Nothing was lost: publish again later. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}
