import type { CloudEvent } from '@croupier/contracts';
import { EmbeddedBus } from '@croupier/messaging';
import { InProcessCache, startService, type ServiceDefinition } from '@croupier/service-kit';

/** What the parent is told. */
export type ChildMessage =
  { readonly kind: 'started'; readonly url: string } | { readonly kind: 'registered' };

/** Services are plug-ins, loaded by name: nothing here depends on an app. */
const REGISTRY = '@croupier/registry';

/** As many as RabbitMQ delivers before the first of them is acknowledged. */
const AT_ONCE = 32;

async function main(): Promise<void> {
  const { service } = (await import(REGISTRY)) as { service: ServiceDefinition };
  const bus = new EmbeddedBus();
  const running = await startService(service, {
    bus,
    cache: new InProcessCache(),
    environment: process.env,
  });
  tell({ kind: 'started', url: running.url });
  process.on('message', (events: CloudEvent[]) => {
    const waiting = events.values();
    const worker = async (): Promise<void> => {
      for (const event of waiting) await bus.publish([event]);
    };
    void Promise.all(Array.from({ length: AT_ONCE }, worker)).then(() => tell({ kind: 'registered' }));
  });
  process.once('disconnect', () => void running.stop().then(() => process.exit()));
}

function tell(message: ChildMessage): void {
  process.send?.(message);
}

void main();
