import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SERVICE_NAMES, SERVICE_PORTS, type ServiceName } from '@croupier/contracts';

export type Ports = Readonly<Record<ServiceName, number>>;

export const DEFAULT_PORTS: Ports = SERVICE_PORTS;

/** What versions may be fetched from although it is not public: a local installation has its providers on this machine. */
export const LOCAL_ARTIFACT_HOSTS = '127.0.0.0/8, ::1, localhost';

/** A free port for each service, so that a demo disturbs nothing that runs already. */
export async function freePorts(): Promise<Ports> {
  const servers = SERVICE_NAMES.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
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
