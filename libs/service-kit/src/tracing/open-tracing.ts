import type { ServiceName } from '@croupier/contracts';
import { loadConfig, type Environment } from '../config/environment';
import type { Tracing } from './tracing';
import { TracingConfig, tracesAddress } from './tracing-config';
import { Untraced } from './untraced';

/** OpenTelemetry's SDK is loaded only where spans have somewhere to go: it costs memory, and each promise a little. */
export async function openTracing(
  service: ServiceName,
  namespace: string,
  environment: Environment,
): Promise<Tracing> {
  const config = loadConfig(TracingConfig, environment);
  const address = tracesAddress(config);
  if (address === undefined) return new Untraced();
  const { OpenTelemetryTracing } = await import('./open-telemetry/open-telemetry-tracing');
  return new OpenTelemetryTracing({ service, namespace, address, config });
}
