import { EmbeddedBus } from '@croupier/messaging';
import { InProcessCache, startService, type ServiceDefinition } from '@croupier/service-kit';

/** What the parent is told. CPU times are microseconds, as of `process.cpuUsage`. */
export type ChildMessage =
  | { readonly kind: 'started'; readonly url: string }
  | { readonly kind: 'cpu'; readonly user: number; readonly system: number };

/** Services are plug-ins, loaded by name: nothing here depends on an app. */
const DEPLOYER = '@croupier/deployer';

async function main(): Promise<void> {
  const { service } = (await import(DEPLOYER)) as { service: ServiceDefinition };
  const running = await startService(service, {
    bus: new EmbeddedBus(),
    cache: new InProcessCache(),
    environment: process.env,
  });
  tell({ kind: 'started', url: running.url });
  process.on('message', () => tell({ kind: 'cpu', ...process.cpuUsage() }));
  process.once('disconnect', () => void running.stop().then(() => process.exit()));
}

function tell(message: ChildMessage): void {
  process.send?.(message);
}

void main();
