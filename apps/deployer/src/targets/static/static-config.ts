import { resolve } from 'node:path';
import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';
import { withoutSlash } from '../../without-slash';

const StaticConfigSchema = z.object({
  /** What the web server or the CDN reads. */
  STATIC_ROOT: z.string().optional(),
  /** Under which address it shows that. */
  STATIC_BASE_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8080'),
});

export class StaticConfig {
  readonly root: string | undefined;
  readonly baseUrl: string;

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    const config = loadConfig(StaticConfigSchema, environment);
    this.root = config.STATIC_ROOT === undefined ? undefined : resolve(config.STATIC_ROOT);
    this.baseUrl = withoutSlash(config.STATIC_BASE_URL);
  }
}
