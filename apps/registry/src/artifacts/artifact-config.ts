import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Slug } from '@croupier/contracts';
import {
  ConfigurationError,
  InternalHosts,
  loadConfig,
  type AddressPolicy,
  type Environment,
} from '@croupier/service-kit';
import { z } from 'zod';

const GIBIBYTE = 1024 ** 3;

const HttpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ''));

/** Sent to the repository alone. A token is sent as bearer token; a name and a password as basic authentication. */
const Credentials = {
  username: z.string().min(1).max(200).optional(),
  password: z.string().min(1).max(5_000).optional(),
  token: z.string().min(1).max(5_000).optional(),
};

/** As pipelines name the repository in `module.released`, where they do not tell its address. */
const Names = { names: z.array(z.string().min(1).max(200)).max(100).default([]) };

const RepositorySettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('oci'),
    /** `registry.example.com`, `registry.example.com:5000` */
    host: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9.-]+(:\d{1,5})?$/, 'must be a host, with its port where it is not 443'),
    plainHttp: z.boolean().default(false),
    /** Where the registry may send the name and the password for a token; its own host unless given. */
    tokenHost: z.string().toLowerCase().optional(),
    /** Before an image's name where a pipeline names the repository by one of `names`: `modules/`. */
    prefix: z
      .string()
      .regex(/^([a-z0-9._-]+\/)*$/, 'must end with a slash')
      .default(''),
    ...Credentials,
    ...Names,
  }),
  z.strictObject({ kind: z.literal('nexus'), url: HttpUrl, ...Credentials, ...Names }),
  z.strictObject({ kind: z.literal('artifactory'), url: HttpUrl, ...Credentials, ...Names }),
  z.strictObject({ kind: z.literal('https'), url: HttpUrl, ...Credentials, ...Names }),
]);
export type RepositorySettings = z.infer<typeof RepositorySettings>;
export type OciSettings = Extract<RepositorySettings, { kind: 'oci' }>;
export type FileSettings = Exclude<RepositorySettings, { kind: 'oci' }>;

const SignatureSettings = z
  .strictObject({
    signatures: z.enum(['off', 'required']),
    /** Public keys in PEM, as `cosign.pub`. One of them has to have signed. */
    keys: z.array(z.string().transform(publicKey)).max(20).default([]),
  })
  .refine(({ signatures, keys }) => signatures === 'off' || keys.length > 0, {
    path: ['keys'],
    error: 'are needed where signatures are required',
  });

const Sources = z.strictObject({
  repositories: z.array(RepositorySettings).max(200).default([]),
  /** By provider; without an entry no signature is asked for. */
  providers: z.record(Slug, SignatureSettings).default({}),
});

const ArtifactVariables = z.object({
  ARTIFACT_INTERNAL_HOSTS: InternalHosts,
  ARTIFACT_SOURCES: z.string().default(''),
  ARTIFACT_SOURCES_FILE: z.string().default(''),
  ARTIFACT_DEADLINE_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(300_000),
  ARTIFACT_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024 * GIBIBYTE)
    .default(8 * GIBIBYTE),
  ARTIFACT_MIN_BYTES_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .default(8 * 1024),
  ARTIFACT_RECHECK_INTERVAL_MS: z.coerce.number().int().min(0).default(3_600_000),
});

/** The variables that say where artifacts may come from, and how much of them. */
export class ArtifactConfig {
  readonly addresses: AddressPolicy;
  readonly repositories: readonly RepositorySettings[];
  /** For one version as a whole. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly minBytesPerSecond: number;
  /** 0 for never. */
  readonly recheckIntervalMs: number;
  private readonly providers: Readonly<Record<string, z.infer<typeof SignatureSettings>>>;

  constructor(environment: Environment) {
    const config = loadConfig(ArtifactVariables, environment);
    this.addresses = config.ARTIFACT_INTERNAL_HOSTS;
    const { repositories, providers } = sourcesOf(config);
    this.repositories = repositories;
    this.providers = providers;
    this.deadlineMs = config.ARTIFACT_DEADLINE_MS;
    this.maxBytes = config.ARTIFACT_MAX_BYTES;
    this.minBytesPerSecond = config.ARTIFACT_MIN_BYTES_PER_SECOND;
    this.recheckIntervalMs = config.ARTIFACT_RECHECK_INTERVAL_MS;
  }

  /** The keys of which one has to have signed what the provider publishes; null when nobody asks for a signature. */
  keysOf(provider: string): readonly KeyObject[] | null {
    const settings = Object.hasOwn(this.providers, provider) ? this.providers[provider] : undefined;
    return settings?.signatures === 'required' ? settings.keys : null;
  }
}

/** Nothing of the text is ever quoted: it has passwords in it. */
function sourcesOf(config: z.infer<typeof ArtifactVariables>): z.infer<typeof Sources> {
  const { ARTIFACT_SOURCES: inline, ARTIFACT_SOURCES_FILE: file } = config;
  const variable = inline ? 'ARTIFACT_SOURCES' : 'ARTIFACT_SOURCES_FILE';
  if (inline && file)
    throw new ConfigurationError('Set ARTIFACT_SOURCES or ARTIFACT_SOURCES_FILE, not both.');
  let json: unknown;
  try {
    json = JSON.parse(inline || (file ? readFileSync(file, 'utf8') : '{}'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : `cannot be read: ${(error as Error).message}`;
    throw new ConfigurationError(`The configuration is not valid. ${variable} ${why}`);
  }
  const parsed = Sources.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ConfigurationError(`The configuration is not valid. ${variable}: ${faults.join('; ')}`);
}

function publicKey(pem: string, context: z.RefinementCtx): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a public key in PEM' });
    return z.NEVER;
  }
}
