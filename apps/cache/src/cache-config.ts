import { ConfigurationError, Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';
import { TargetSettings } from './targets/target-settings';

const CacheConfigSchema = z.object({
  /** A JSON array of targets; `${NAME}` in a text stands for that variable. */
  CACHE_TARGETS: z.string().default('[]'),
  CACHE_ATTEMPTS: z.coerce.number().int().min(1).max(50).default(12),
  CACHE_FIRST_RETRY_MS: z.coerce.number().int().min(1).max(60_000).default(500),
  CACHE_CALL_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(10_000),
});

export class CacheConfig {
  readonly targets: readonly TargetSettings[];
  /** Of one step at one target, before it is given up. */
  readonly attempts: number;
  readonly firstRetryMs: number;
  /** Of one call to a target. */
  readonly callTimeoutMs: number;

  constructor(environment: Environment) {
    const config = loadConfig(CacheConfigSchema, environment);
    this.targets = targetsOf(config.CACHE_TARGETS, environment);
    this.attempts = config.CACHE_ATTEMPTS;
    this.firstRetryMs = config.CACHE_FIRST_RETRY_MS;
    this.callTimeoutMs = config.CACHE_CALL_TIMEOUT_MS;
  }
}

function targetsOf(text: string, environment: Environment): TargetSettings[] {
  const parsed = z
    .array(TargetSettings)
    .max(50)
    .safeParse(filled(json(text), environment));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ConfigurationError(`CACHE_TARGETS is not valid. ${faults.join('; ')}`);
  }
  const names = parsed.data.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ConfigurationError(`CACHE_TARGETS has two targets named ${twice}.`);
  return parsed.data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`CACHE_TARGETS is not JSON: ${(error as Error).message}`);
  }
}

/** Secrets have variables of their own, which orchestrators know how to keep. */
function filled(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found === undefined || found === '')
        throw new ConfigurationError(`${name}: is needed by CACHE_TARGETS and is not set`);
      return found;
    });
  if (Array.isArray(value)) return value.map((each) => filled(each, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, environment)]));
}
