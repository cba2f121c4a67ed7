import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const HaproxyConfigSchema = z.object({
  /** Runtime sockets of all HAProxy processes, by comma: `unix:/run/haproxy.sock`, `tcp:10.0.0.7:9999`. */
  HAPROXY_SOCKETS: z
    .string()
    .regex(/^((unix:\/[^,]+|tcp:[^,:]+:\d+)(,|$))*$/, 'must be unix:/path or tcp:host:port, by comma')
    .default('')
    .transform((sockets) => sockets.split(',').flatMap((socket) => socket || [])),
});

export class HaproxyConfig {
  readonly sockets: readonly string[];

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    this.sockets = loadConfig(HaproxyConfigSchema, environment).HAPROXY_SOCKETS;
  }
}
