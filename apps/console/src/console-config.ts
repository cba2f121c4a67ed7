import { loadConfig, type Environment } from '@croupier/service-kit';
import { z } from 'zod';

const ConsoleConfigSchema = z.object({
  CONSOLE_API_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(600_000).default(60_000),
  CONSOLE_MOST_STREAMS: z.coerce.number().int().min(1).max(10_000).default(200),
});

/** The service's own variables. */
export class ConsoleConfig {
  /** For the head of an answer, and between two parts of it. A stream has to say something in that time. */
  readonly apiTimeoutMs: number;
  /** Streams of server-sent events passed on at a time. */
  readonly mostStreams: number;

  constructor(environment: Environment) {
    const config = loadConfig(ConsoleConfigSchema, environment);
    this.apiTimeoutMs = config.CONSOLE_API_TIMEOUT_MS;
    this.mostStreams = config.CONSOLE_MOST_STREAMS;
  }
}
