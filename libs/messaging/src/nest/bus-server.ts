import { BaseRpcContext, type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { CloudEvent } from '@croupier/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Bus, StoreDeadLetter, Subscription } from '../bus';
import { isEventType, parseData } from '../message-contract';

export interface BusServerOptions {
  bus: Bus;
  /** The service's name: all its handlers share one queue. */
  consumer: string;
  onDeadLetter?: StoreDeadLetter;
  /** Is to await `handle`, once, and may do so within a span. */
  around?: (event: CloudEvent, handle: () => Promise<void>) => Promise<void>;
  onHandled?: (type: string, outcome: 'done' | 'failed', durationSeconds: number) => void;
}

/** Nest transport over a `Bus`: feeds `@EventPattern` handlers with CloudEvents whose data kept its contract. */
export class BusServer extends Server implements CustomTransportStrategy {
  private subscription: Subscription | undefined;

  constructor(private readonly options: BusServerOptions) {
    super();
  }

  listen(ready: (error?: unknown) => void): void {
    this.attach().then(() => ready(), ready);
  }

  async close(): Promise<void> {
    await this.subscription?.close();
    this.subscription = undefined;
  }

  on(event: string): never {
    throw new Error(`the bus server has no event ${event}`);
  }

  unwrap<T = Bus>(): T {
    return this.options.bus as T;
  }

  private async attach(): Promise<void> {
    for (const [type, handler] of this.messageHandlers) {
      if (!handler.isEventHandler)
        throw new Error(`${type}: the bus serves @EventPattern, not @MessagePattern`);
      if (!isEventType(type)) throw new Error(`@EventPattern('${type}') is not in the catalogue of events`);
    }
    const { bus, consumer, onDeadLetter } = this.options;
    const types = [...this.messageHandlers.keys()];
    this.subscription = await bus.subscribe(consumer, types, (event) => this.deliver(event), onDeadLetter);
  }

  private async deliver(event: CloudEvent): Promise<void> {
    const startedMs = performance.now();
    const { around } = this.options;
    const handle = (): Promise<void> => this.handle(parseData(event));
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await (around ? around(event, handle) : handle());
      outcome = 'done';
    } finally {
      this.options.onHandled?.(event.type, outcome, (performance.now() - startedMs) / 1000);
    }
  }

  private async handle(event: CloudEvent): Promise<void> {
    const handler = this.messageHandlers.get(event.type);
    if (!handler) throw new Error(`${this.options.consumer} has no handler of ${event.type}`);
    // Nest's handler runs the others of the same pattern too, and joins their results.
    const result: unknown = await handler(event, new BaseRpcContext([event]));
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}
