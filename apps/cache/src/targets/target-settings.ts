import { isRedisAddress } from '@croupier/cache-client';
import { CacheTargetName } from '@croupier/contracts';
import { z } from 'zod';

/** The name of the platform's own shared cache, which is always there. */
export const SHARED_TARGET = 'shared-cache';

const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .transform((url) => url.replace(/\/+$/, ''));
const Secret = z.string().min(1);
const HostName = z.string().regex(/^[A-Za-z0-9.-]+(:\d+)?$/, 'must be a host name');

const NAME = {
  name: CacheTargetName.refine((name) => name !== SHARED_TARGET, `must not be ${SHARED_TARGET}`),
};

/** How to read through it: for warm-up and verification. */
const READS = {
  publicUrls: z.array(BaseUrl).max(50).default([]),
  originUrl: BaseUrl.nullable().default(null),
  originHeaders: z.record(z.string(), z.string()).default({}),
};

export const RedisSettings = z.strictObject({
  kind: z.literal('redis'),
  ...NAME,
  url: z.string().refine(isRedisAddress, 'must be a redis://, redis+sentinel:// or redis+cluster:// address'),
  namespace: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'must be 1 to 40 letters, digits or hyphens'),
});
export type RedisSettings = z.infer<typeof RedisSettings>;

/** With deploy/varnish/croupier.vcl, or VCL that understands the same requests. */
export const VarnishSettings = z.strictObject({
  kind: z.literal('varnish'),
  ...NAME,
  ...READS,
  /** Of every node. */
  urls: z.array(BaseUrl).min(1).max(50),
  token: Secret,
  /** Lets stale answers be served while new ones are fetched. */
  soft: z.boolean().default(false),
});
export type VarnishSettings = z.infer<typeof VarnishSettings>;

export const NginxSettings = z.strictObject({
  kind: z.literal('nginx'),
  ...NAME,
  ...READS,
  urls: z.array(BaseUrl).min(1).max(50),
  /** `purge` needs the module ngx_cache_purge; `bypass` needs `proxy_cache_bypass $http_x_cache_bypass` or the like. */
  method: z.enum(['purge', 'bypass']),
  /** Before the path of what `purge` removes: the location that has `proxy_cache_purge`. */
  purgePath: z
    .string()
    .regex(/^(\/[\w.-]+)+$/, 'must be a path such as /purge')
    .default('/purge'),
  /** What `bypass` sends as `x-cache-bypass`. */
  token: Secret.default('1'),
});
export type NginxSettings = z.infer<typeof NginxSettings>;

export const FastlySettings = z.strictObject({
  kind: z.literal('fastly'),
  ...NAME,
  ...READS,
  apiUrl: BaseUrl.default('https://api.fastly.com'),
  serviceId: z.string().regex(/^[A-Za-z0-9]+$/, 'must be letters and digits'),
  token: Secret,
  host: HostName,
  soft: z.boolean().default(true),
});
export type FastlySettings = z.infer<typeof FastlySettings>;

export const CloudflareSettings = z.strictObject({
  kind: z.literal('cloudflare'),
  ...NAME,
  ...READS,
  apiUrl: BaseUrl.default('https://api.cloudflare.com/client/v4'),
  zoneId: z.string().regex(/^[A-Za-z0-9]+$/, 'must be letters and digits'),
  token: Secret,
  host: HostName,
  /** Decides how much may be asked for at a time. */
  plan: z.enum(['free', 'pro', 'business', 'enterprise']).default('free'),
});
export type CloudflareSettings = z.infer<typeof CloudflareSettings>;

export const CloudFrontSettings = z.strictObject({
  kind: z.literal('cloudfront'),
  ...NAME,
  ...READS,
  apiUrl: BaseUrl.default('https://cloudfront.amazonaws.com'),
  distributionId: z.string().regex(/^[A-Z0-9]+$/, 'must be capital letters and digits'),
  accessKeyId: Secret,
  secretAccessKey: Secret,
  sessionToken: Secret.optional(),
  pollEveryMs: z.int().min(10).max(60_000).default(5_000),
});
export type CloudFrontSettings = z.infer<typeof CloudFrontSettings>;

export const AkamaiSettings = z.strictObject({
  kind: z.literal('akamai'),
  ...NAME,
  ...READS,
  apiUrl: BaseUrl,
  clientToken: Secret,
  clientSecret: Secret,
  accessToken: Secret,
  host: HostName,
  network: z.enum(['production', 'staging']).default('production'),
  /** `invalidate` lets Akamai ask the origin whether what it has is still right; `delete` removes it. */
  action: z.enum(['invalidate', 'delete']).default('invalidate'),
  /** What everything is under. */
  cpCodes: z.array(z.int().min(1)).max(300).default([]),
});
export type AkamaiSettings = z.infer<typeof AkamaiSettings>;

export const TargetSettings = z.discriminatedUnion('kind', [
  RedisSettings,
  VarnishSettings,
  NginxSettings,
  FastlySettings,
  CloudflareSettings,
  CloudFrontSettings,
  AkamaiSettings,
]);
export type TargetSettings = z.infer<typeof TargetSettings>;
