import type { CloudEvent } from '@croupier/contracts';
import { EmbeddedBus } from '@croupier/messaging';
import { InProcessCache, startService, type ServiceDefinition } from '@croupier/service-kit';

/** Services are plug-ins, loaded by name: nothing here depends on an app. */
const MIGRATOR = '@croupier/migrator';

const OUTCOMES = ['planned', 'applied', 'failed'].map((end) => `migration.${end}`);

/** Tells the parent `'started'`, and then every outcome; takes events. */
async function main(): Promise<void> {
  const { service } = (await import(MIGRATOR)) as { service: ServiceDefinition };
  const bus = new EmbeddedBus();
  await bus.subscribe('bench', OUTCOMES, async (event) => {
    process.send?.(event);
  });
  const running = await startService(service, {
    bus,
    cache: new InProcessCache(),
    environment: process.env,
  });
  process.on('message', (event: CloudEvent) => void bus.publish([event]));
  process.once('disconnect', () => void running.stop().then(() => process.exit()));
  process.send?.('started');
}

void main();
