import { SERVICE_NAMES, SERVICE_PORTS, type ServiceName } from '@croupier/contracts';
import { freePorts } from '@croupier/persistence';

export type Ports = Readonly<Record<ServiceName, number>>;

export const DEFAULT_PORTS: Ports = SERVICE_PORTS;

/** What versions may come from, and alerts go to, although it is not public: a local installation has both on this machine. */
export const LOCAL_HOSTS = '127.0.0.0/8, ::1, localhost';

/** A free port for each service, so that a demo disturbs nothing that runs already. */
export async function drawPorts(): Promise<Ports> {
  const ports = await freePorts(SERVICE_NAMES.length);
  return Object.fromEntries(SERVICE_NAMES.map((name, index) => [name, ports[index]])) as Ports;
}

export function urlsOf(ports: Ports): Record<ServiceName, string> {
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, `http://127.0.0.1:${ports[name]}`])) as Record<
    ServiceName,
    string
  >;
}

/** `AGGREGATOR_URL` and the rest: how the services find each other. */
export function urlVariables(ports: Ports): Record<string, string> {
  return Object.fromEntries(
    Object.entries(urlsOf(ports)).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]),
  );
}
