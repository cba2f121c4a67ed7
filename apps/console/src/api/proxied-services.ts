import { SERVICE_PORTS } from '@croupier/contracts';
import type { Environment } from '@croupier/service-kit';

/** Every service but this one, with the port it has unless `<NAME>_URL` says where it is. */
const PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries({ ...SERVICE_PORTS, audit: 4009 }).filter(([name]) => name !== 'console'),
);

/** What may be asked of a service through the console. */
const OPEN_PATHS = [/^\/v1\//, /^\/health\/(live|ready)$/, /^\/openapi\.json$/];

/** A path that another server may read as a way up, or as another path. */
const AMBIGUOUS = /(^|\/)\.{1,2}(\/|$)|%2e|%2f|%5c|\\|\/\//i;

export class ProxiedServices {
  constructor(private readonly environment: Environment) {}

  /** The address of a path of a service, without its query; null when it is not to be had here. */
  addressOf(service: string, path: string): string | null {
    const port = PORTS.get(service);
    if (port === undefined || AMBIGUOUS.test(path) || !OPEN_PATHS.some((open) => open.test(path)))
      return null;
    const base = this.environment[`${service.toUpperCase()}_URL`] || `http://127.0.0.1:${port}`;
    return base.replace(/\/$/, '') + path;
  }
}
