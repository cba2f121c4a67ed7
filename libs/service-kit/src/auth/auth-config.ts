import { Grant } from '@croupier/contracts';
import { z } from 'zod';
import { BaseConfig, ConfigurationError, loadConfig, type Environment } from '../config/environment';

/** Which grants members of a group have: `{"releasers": [{"role": "releaser", "subject": "acme/*"}]}`. */
const GrantsByGroup = z.record(z.string().min(1).max(200), z.array(Grant).min(1).max(50));

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    context.addIssue({ code: 'custom', message: `must be JSON: ${(error as Error).message}` });
    return z.NEVER;
  }
});

/** Keys that came over plain HTTP could be anybody's, unless they come from this machine. */
const KeysAddress = z
  .url({ protocol: /^https?$/, error: 'must be an https:// address' })
  .refine(
    (address) => /^https:|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(address),
    'must be an https:// address',
  );

const AuthConfigSchema = BaseConfig.pick({ OPERATOR_TOKEN: true, SERVICE_TOKEN: true }).extend({
  RATE_LIMIT_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(1_200),
  RATE_LIMIT_FAILURES_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(60),
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  OIDC_AUDIENCE: z.string().min(1).optional(),
  OIDC_JWKS_URL: KeysAddress.optional(),
  /** Path in the token, with dots. */
  OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  OIDC_ACTOR_CLAIM: z.string().min(1).default('sub'),
  OIDC_GRANTS: json.pipe(GrantsByGroup).default({}),
});

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly groupsClaim: string;
  readonly actorClaim: string;
  readonly grantsByGroup: z.infer<typeof GrantsByGroup>;
}

/** How callers show who they are, and how much of it is put up with. */
export class AuthConfig {
  /** Null where there is no break-glass token. */
  readonly operatorToken: string | null;
  readonly serviceToken: string;
  /** Of one token or person. */
  readonly requestsPerMinute: number;
  /** From one address. */
  readonly failuresPerMinute: number;
  /** Null where there is no identity provider. */
  readonly oidc: OidcSettings | null;

  constructor(environment: Environment) {
    const config = loadConfig(AuthConfigSchema, environment);
    this.operatorToken = config.OPERATOR_TOKEN ?? null;
    this.serviceToken = config.SERVICE_TOKEN;
    this.requestsPerMinute = config.RATE_LIMIT_REQUESTS_PER_MINUTE;
    this.failuresPerMinute = config.RATE_LIMIT_FAILURES_PER_MINUTE;
    this.oidc = oidcOf(config);
  }
}

function oidcOf(config: z.infer<typeof AuthConfigSchema>): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = config;
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return null;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined)
    throw new ConfigurationError(
      'The configuration is not valid. OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL: are set together or not at all',
    );
  return {
    issuer,
    audience,
    jwksUrl,
    groupsClaim: config.OIDC_GROUPS_CLAIM,
    actorClaim: config.OIDC_ACTOR_CLAIM,
    grantsByGroup: config.OIDC_GRANTS,
  };
}
