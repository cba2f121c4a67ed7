import type { CloudEvent } from '@croupier/contracts';
import type { Publishable } from './written-event';

/** What could not be handled. What is no CloudEvent came from elsewhere, and is kept as it came. */
export type DeadMessage =
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | {
      readonly kind: 'unreadable';
      readonly messageId: string;
      readonly type: string;
      readonly content: Buffer;
    };

export interface DeadLetter {
  readonly consumer: string;
  readonly message: DeadMessage;
  readonly error: Error;
  /** Deliveries that were tried. */
  readonly attempts: number;
  readonly deadAt: Date;
}

export type Deliver = (event: CloudEvent) => Promise<void>;
/** Has to be safe to repeat with the same letter. */
export type StoreDeadLetter = (letter: DeadLetter) => Promise<void>;

export interface Subscription {
  /** Takes no further delivery and waits for those in hand. What arrives meanwhile is kept for later. */
  close(): Promise<void>;
}

/** At-least-once delivery of every event to every consumer of its type. */
export interface Bus {
  /**
   * Resolves when the bus answers for the events; rejects when any of them has to be published again:
   * with `PartlyPublished` when it answers for the others.
   */
  publish(events: readonly Publishable[]): Promise<void>;
  /** The same, to one consumer alone. */
  publishTo(consumer: string, events: readonly Publishable[]): Promise<void>;
  /**
   * A rejected `deliver` is repeated with a growing delay, then dead-lettered; a `PoisonMessage` at once.
   * `onDeadLetter` stores dead letters where they can be looked at; without it they stay in the dead letter queue
   * of a bus that has one.
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

/** The bus answers for the others of a publication. `cause` is why it does not for these. */
export class PartlyPublished extends Error {
  override readonly name = 'PartlyPublished';

  constructor(
    /** Among those that were given. */
    readonly unpublished: readonly Publishable[],
    override readonly cause: Error,
  ) {
    super(`${unpublished.length} events were not published: ${cause.message}`);
  }
}
