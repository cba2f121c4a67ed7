import { z } from 'zod';
import { LineOfText, Market, Timestamp } from '../identifiers';

/**
 * What a person or a program may do. `viewer` reads; `operator` keeps what runs running; `releaser` decides what is
 * released; `admin` changes the rules and who may do what; `approver` says yes to what somebody else has asked for.
 */
export const Role = z.enum(['viewer', 'operator', 'releaser', 'approver', 'admin']);
export type Role = z.infer<typeof Role>;

/** `*`, all of a provider as `acme/*`, or one game or module as `acme/payment`. */
export const SubjectPattern = z
  .string()
  .max(130)
  .regex(
    /^(\*|[a-z0-9][a-z0-9-]{0,62}\/(\*|[a-z0-9][a-z0-9-]{0,62}))$/,
    'must be *, provider/* or provider/game',
  );
export type SubjectPattern = z.infer<typeof SubjectPattern>;

/** A role, and for what. */
export const Grant = z.strictObject({
  role: Role,
  subject: SubjectPattern.default('*'),
  /** Null for all markets, also those to come. */
  markets: z.array(Market).min(1).max(100).nullable().default(null),
});
export type Grant = z.infer<typeof Grant>;

/** Who acts, as the audit trail names people and programs. */
export const ActorName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/, 'must be 1 to 100 letters, digits or . _ @ + -');

/** One person may have several tokens, and identity providers differ in how they write a name. */
export function isSameActor(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export const AccessTokenId = z.uuid().brand<'AccessTokenId'>();
export type AccessTokenId = z.infer<typeof AccessTokenId>;

const Reason = LineOfText.min(3).max(500);
/** Nothing is for ever: a year at most. */
const LifeDays = z.int().min(1).max(365);

export const AccessTokenOrder = z.strictObject({
  /** What it is for. */
  name: LineOfText.min(1).max(100),
  /** The person or program that acts with it, for the audit trail. All tokens of one holder are one person to approvals. */
  holder: ActorName,
  grants: z.array(Grant).min(1).max(50),
  expiresInDays: LifeDays,
  reason: Reason,
});
export type AccessTokenOrder = z.infer<typeof AccessTokenOrder>;

export const AccessTokenRotation = z.strictObject({
  expiresInDays: LifeDays,
  /** How long the former secret goes on beside the new one. */
  overlapSeconds: z.int().min(0).max(86_400).default(0),
});
export type AccessTokenRotation = z.infer<typeof AccessTokenRotation>;

export const AccessTokenRevocation = z.object({ reason: Reason });

export const AccessTokenState = z.enum(['active', 'expired', 'revoked']);
export type AccessTokenState = z.infer<typeof AccessTokenState>;

export const AccessTokenView = z.object({
  id: AccessTokenId,
  name: z.string(),
  holder: ActorName,
  grants: z.array(Grant),
  state: AccessTokenState,
  /** The secret's first characters: enough to find it in a list, and of no other use. */
  hint: z.string(),
  createdAt: Timestamp,
  createdBy: z.string(),
  reason: z.string(),
  expiresAt: Timestamp,
  /** To the minute; null when it has never been used. */
  lastUsedAt: Timestamp.nullable(),
  rotated: z.object({ at: Timestamp, by: z.string() }).nullable(),
  revoked: z.object({ at: Timestamp, by: z.string(), reason: z.string() }).nullable(),
});
export type AccessTokenView = z.infer<typeof AccessTokenView>;

export const AccessTokenPage = z.object({ items: z.array(AccessTokenView), next: z.string().nullable() });
export type AccessTokenPage = z.infer<typeof AccessTokenPage>;

/** The secret is in this answer and nowhere else. */
export const AccessTokenShown = AccessTokenView.extend({ token: z.string() });
export type AccessTokenShown = z.infer<typeof AccessTokenShown>;

/** How somebody has shown who they are. */
export const CallerKind = z.enum(['break-glass', 'service', 'token', 'person']);
export type CallerKind = z.infer<typeof CallerKind>;

export const WhoAmI = z.object({
  kind: CallerKind,
  actor: z.string(),
  grants: z.array(Grant),
  /** Null for what does not expire. */
  expiresAt: Timestamp.nullable(),
});
export type WhoAmI = z.infer<typeof WhoAmI>;

/** OAuth 2.0 Token Introspection (RFC 7662, 2.1). */
export const IntrospectionRequest = z.object({ token: z.string().min(1).max(8_192) });

/** RFC 7662, 2.2; `grants` is ours, as 2.2 allows. Times are seconds of the epoch. */
export const Introspection = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    token_type: z.literal('Bearer'),
    /** The token's id. */
    jti: AccessTokenId,
    /** Its holder. */
    sub: ActorName,
    /** The roles, separated by spaces. */
    scope: z.string(),
    iat: z.int(),
    exp: z.int(),
    grants: z.array(Grant),
  }),
]);
export type Introspection = z.infer<typeof Introspection>;
