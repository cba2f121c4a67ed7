import { Slug } from '@croupier/contracts';
import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const Token = z.string().min(16, 'must have at least 16 characters');

const FlagsVariables = z
  .object({
    /** What Unleash SDKs of servers send, as it stands, in `Authorization`: `*:<environment>.<secret>`. */
    FLAGS_CLIENT_TOKEN: z
      .string({ error: 'is needed: the token that Unleash SDKs send in Authorization' })
      .min(16, 'must have at least 16 characters'),
    /** The same of SDKs in browsers and phones. */
    FLAGS_FRONTEND_TOKEN: Token.optional(),
    /** Where releases switch flags. */
    FLAGS_RELEASE_ENVIRONMENT: Slug.optional(),
    /** Who may read the frontend API from a page, separated by commas. */
    FLAGS_FRONTEND_ORIGINS: z.string().default('*'),
    FLAGS_STREAMS_MAX: z.coerce.number().int().min(0).max(100_000).default(10_000),
    /** An Unleash server that keeps the flags; ours when there is none. */
    UNLEASH_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional(),
    UNLEASH_ADMIN_TOKEN: Token.optional(),
    UNLEASH_POLL_MS: z.coerce.number().int().min(100).max(60_000).default(500),
  })
  .refine(({ UNLEASH_URL, UNLEASH_ADMIN_TOKEN }) => !UNLEASH_URL || UNLEASH_ADMIN_TOKEN, {
    path: ['UNLEASH_ADMIN_TOKEN'],
    error: 'is needed with UNLEASH_URL: a token of a user or service account that may read and write flags',
  });

export interface ConfiguredToken {
  readonly type: 'client' | 'frontend';
  readonly secret: string;
  readonly environment: string;
}

/** The service's own variables. */
export class FlagsConfig {
  readonly tokens: readonly ConfiguredToken[];
  readonly releaseEnvironment: string;
  readonly frontendOrigins: readonly string[];
  readonly streamsMax: number;
  readonly upstream: { readonly url: string; readonly adminToken: string; readonly pollMs: number } | null;

  constructor(environment: Environment) {
    const variables = loadConfig(FlagsVariables, environment);
    const client = { type: 'client', secret: variables.FLAGS_CLIENT_TOKEN } as const;
    const frontend = { type: 'frontend', secret: variables.FLAGS_FRONTEND_TOKEN } as const;
    this.tokens = [client, frontend].flatMap(({ type, secret }) =>
      secret === undefined ? [] : [{ type, secret, environment: environmentOf(secret) }],
    );
    this.releaseEnvironment = variables.FLAGS_RELEASE_ENVIRONMENT ?? environmentOf(client.secret);
    this.frontendOrigins = variables.FLAGS_FRONTEND_ORIGINS.split(',').map((origin) => origin.trim());
    this.streamsMax = variables.FLAGS_STREAMS_MAX;
    const { UNLEASH_URL: url, UNLEASH_ADMIN_TOKEN: adminToken, UNLEASH_POLL_MS: pollMs } = variables;
    this.upstream =
      url === undefined || adminToken === undefined
        ? null
        : { url: url.replace(/\/(api\/?)?$/, ''), adminToken, pollMs };
  }
}

/** Of a token as Unleash writes them (`project:environment.secret`); `default` where it says nothing. */
export function environmentOf(token: string): string {
  const named = /^[^:.]*:([^.]+)\./.exec(token)?.[1];
  return named !== undefined && Slug.safeParse(named).success ? named : 'default';
}
