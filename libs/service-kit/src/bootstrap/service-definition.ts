import type { INestApplication, Type } from '@nestjs/common';
import type { ServiceName } from '@croupier/contracts';
import type { Bus } from '@croupier/messaging';
import type { MigrationClass } from '@croupier/persistence';
import type { FastifyInstance } from 'fastify';
import type { SharedCache } from '../cache/shared-cache';
import type { Environment } from '../config/environment';

/** What makes one service different from the next. Every app exports one as `service`. */
export interface ServiceDefinition {
  /** Also the PostgreSQL schema and the consumer's queue. */
  readonly name: ServiceName;
  readonly description: string;
  readonly module: Type;
  readonly migrations: MigrationClass[];
  /** Path prefixes whose JSON bodies reach the controller as raw bytes, for signatures over them. */
  readonly rawBodyPaths?: readonly string[];
  /** Path prefixes whose answers get no headers of the kit: those of games, and those whose cost counts. */
  readonly untouchedPaths?: readonly string[];
  /** Path prefixes whose requests make no spans: what comes many times a second, and tells of itself in metrics. */
  readonly untracedPaths?: readonly string[];
  /** Largest request body in bytes; 1 MiB unless given. */
  readonly bodyLimitBytes?: number;
  /**
   * Whether a line of the log names the request that it belongs to. Costs every request, and every promise of the
   * process: unless it is set to false.
   */
  readonly logsRequests?: boolean;
  /** For routes on the hot path, outside Nest's router. */
  readonly configureHttp?: (fastify: FastifyInstance, app: INestApplication) => void | Promise<void>;
}

/** The surroundings a service runs in; chosen by configuration alone. */
export interface Runtime {
  readonly environment: Environment;
  readonly bus: Bus;
  readonly cache: SharedCache;
}

export interface RunningService {
  readonly name: ServiceName;
  readonly url: string;
  /** Stops taking requests, finishes what is under way, then lets go of connections. */
  stop(): Promise<void>;
}
