import { z } from 'zod';
import { LineOfText, Slug, Timestamp } from '../identifiers';
import { ServiceName } from '../services';

/** Whose chain holds what belongs to no provider. */
export const PLATFORM_TENANT = 'platform';

/** What was changed: the kind of object and its name among those of its kind. */
export const AuditObject = z.object({ type: Slug, id: LineOfText.max(300) });
export type AuditObject = z.infer<typeof AuditObject>;

/** One change, as the service tells it that made it. Without secrets. */
export const AuditRecorded = z.object({
  /** A provider, or `platform`. */
  tenant: Slug,
  service: ServiceName,
  /** Who: a person, a provider, or `system` for what a service decided by itself. */
  actor: LineOfText.max(200),
  /** How the actor showed who it is; null when nobody had to, or it is not known. */
  authentication: LineOfText.max(100).nullable(),
  /** What, such as `policy.changed`. */
  action: z.string().regex(/^[a-z][a-z-]*(\.[a-z][a-z_-]*)+$/),
  object: AuditObject,
  at: Timestamp,
  reason: z.string().nullable(),
  /** Null when there was none, or what it was is not known. */
  before: z.json(),
  /** Null when there is none any more. */
  after: z.json(),
  requestId: LineOfText.max(200).nullable(),
  /** Of W3C Trace Context. */
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
});
export type AuditRecorded = z.infer<typeof AuditRecorded>;
