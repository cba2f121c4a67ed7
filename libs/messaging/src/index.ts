export * from './bus';
export {
  DeadLetters,
  type DeadLetterSearch,
  type DeadLetterState,
  type KeptDeadLetter,
  type Resolution,
} from './dead-letters/dead-letters';
export { EmbeddedBus, type EmbeddedBusOptions } from './embedded/embedded-bus';
export { GroupCommit, GroupCommitFull, type GroupCommitOptions } from './group-commit/group-commit';
export { Inbox } from './inbox/inbox';
export { BusServer, type BusServerOptions } from './nest/bus-server';
export { serveEvents } from './nest/serve-events';
export { newEvent, type EventOrigin } from './new-event';
export { announceAppended } from './outbox/commit-signal';
export { isOutage } from './outage';
export { Outbox } from './outbox/outbox';
export { OutboxRelay, type OutboxRelayOptions } from './outbox/outbox-relay';
export { activeTraceparent, parseTraceparent, traceparentOf } from './trace-context/trace-context';
export { RabbitBus, type RabbitBusOptions } from './rabbit/rabbit-bus';
export { queueName } from './rabbit/topology';
export { eventOf, type Publishable, WrittenEvent } from './written-event';
