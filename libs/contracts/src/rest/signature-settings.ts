import { z } from 'zod';
import { LineOfText } from '../identifiers';

/** A header name (RFC 9110, section 5.1), in lower case as Node gives them. */
export const HeaderName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header');

/** How far a signed timestamp may be from now, in seconds. */
const Tolerance = z.int().min(1).max(3600).default(300);

const PLACEHOLDERS = /\{(body|timestamp|id)\}/g;

/** What is signed, such as `{timestamp}.{body}`. */
const SignedTemplate = LineOfText.max(200)
  .refine((text) => text.split('{body}').length === 2, 'must have {body} exactly once')
  .refine(
    (text) => !/[{}]/.test(text.replace(PLACEHOLDERS, '')),
    'may have the placeholders {body}, {timestamp} and {id}, and no other braces',
  );

/**
 * An HMAC in a header, as a provider defines it. Several signatures may stand in the header: any one has to match.
 * With `fields`, the header is a list of `name=value` such as Stripe's `t=1700000000,v1=5257a8...`.
 */
const HmacSettings = z
  .object({
    kind: z.literal('hmac'),
    header: HeaderName,
    digest: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    /** Before each signature, such as `sha256=`. */
    prefix: LineOfText.max(50).default(''),
    signed: SignedTemplate.default('{body}'),
    fields: z
      .object({
        signature: LineOfText.min(1).max(30),
        timestamp: LineOfText.min(1).max(30).optional(),
        separator: z.enum([',', ';', ' ']).default(','),
      })
      .optional(),
    /** Holds the signed time as Unix seconds or milliseconds. */
    timestampHeader: HeaderName.optional(),
    timestampUnit: z.enum(['seconds', 'milliseconds']).default('seconds'),
    toleranceSeconds: Tolerance,
    /** Holds the webhook's id when `signed` has {id}. */
    idHeader: HeaderName.optional(),
  })
  .refine(
    ({ signed, fields, timestampHeader }) =>
      signed.includes('{timestamp}') === (fields?.timestamp !== undefined || timestampHeader !== undefined),
    {
      path: ['signed'],
      error: 'must have {timestamp} if, and only if, fields.timestamp or timestampHeader says where it is',
    },
  )
  .refine(({ signed, idHeader }) => !signed.includes('{id}') || idHeader !== undefined, {
    path: ['idHeader'],
    error: 'must say where the {id} of signed is',
  });
export type HmacSettings = z.infer<typeof HmacSettings>;

/** How a provider proves that a webhook is its own. */
export const SignatureSettings = z.discriminatedUnion('kind', [
  /** Standard Webhooks 1.0.0: `v1` by a `whsec_` secret, `v1a` by a `whpk_` public key; also under Svix's header names. */
  z.object({ kind: z.literal('standard-webhooks'), toleranceSeconds: Tolerance }),
  /** `X-Hub-Signature-256`. */
  z.object({ kind: z.literal('github') }),
  /** `X-Gitlab-Token`: the secret itself, so use TLS. */
  z.object({ kind: z.literal('gitlab') }),
  /** `Stripe-Signature: t=...,v1=...`. */
  z.object({ kind: z.literal('stripe'), toleranceSeconds: Tolerance }),
  HmacSettings,
  /** HTTP Basic (RFC 7617): the secret is the password. */
  z.object({
    kind: z.literal('basic'),
    username: LineOfText.min(1)
      .max(100)
      .regex(/^[^:]*$/, 'must have no colon'),
  }),
  /** `Authorization: Bearer` (RFC 6750), or another header that holds the secret as it is. */
  z.object({
    kind: z.literal('bearer'),
    header: HeaderName.default('authorization'),
    prefix: LineOfText.max(50).default('Bearer '),
  }),
  /** The subject of a client certificate, in a header that only a trusted proxy may set. There is no secret. */
  z.object({
    kind: z.literal('mtls'),
    header: HeaderName,
    /** `dn`: the header is the subject. `xfcc`: Envoy's X-Forwarded-Client-Cert. */
    format: z.enum(['dn', 'xfcc']).default('dn'),
    /** To the letter, as the proxy writes them. */
    subjects: z.array(LineOfText.min(1).max(500)).min(1).max(10),
  }),
]);
export type SignatureSettings = z.infer<typeof SignatureSettings>;
export type SignatureKind = SignatureSettings['kind'];
