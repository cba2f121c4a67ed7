import { z } from 'zod';
import { LineOfText, Market, ReleaseId, SemVer, Slug, SubjectId, Timestamp } from '../identifiers';
import { ChangeNote, Reason } from './document-history';

/** In rising order. The words are PagerDuty's (https://developer.pagerduty.com/docs/send-alert-event). */
export const AlertSeverity = z.enum(['info', 'warning', 'error', 'critical']);
export type AlertSeverity = z.infer<typeof AlertSeverity>;

/** What has happened. All but the last two have the name of the event that tells of it. */
export const AlertKind = z.enum([
  'approval.overridden',
  'approval.requested',
  'artifact.rejected',
  'artifact.republished',
  'cache.invalidated',
  'certificate.expiring',
  'game.disabled',
  'message.dead',
  'migration.failed',
  'release.approved',
  'release.failed',
  'release.revoked',
  'rollback.completed',
  'rollout.held',
  'rollout.incident',
  'rollout.paused',
  'rollout.promoted',
  'rollout.rolled_back',
  'rollout.started',
  'alerts.digest',
  'alerts.test',
]);
export type AlertKind = z.infer<typeof AlertKind>;

/** `trigger` opens an incident, `resolve` ends it, `note` is for people to read. */
export const AlertAction = z.enum(['trigger', 'resolve', 'note']);
export type AlertAction = z.infer<typeof AlertAction>;

/** What a channel is told. It is also the body of a webhook. */
export const AlertMessage = z.object({
  kind: AlertKind,
  action: AlertAction,
  severity: AlertSeverity,
  /** The same for all that belongs together, such as one release: one thread, one incident. */
  incident: z.string().min(1).max(255),
  title: z.string(),
  text: z.string(),
  provider: Slug.nullable(),
  game: Slug.nullable(),
  version: SemVer.nullable(),
  releaseId: ReleaseId.nullable(),
  /** Where the version may be dealt; null when that is not known. */
  markets: z.array(Market).nullable(),
  /** The release's timeline. */
  link: z.url().nullable(),
  /** Of the event that tells of it. */
  eventId: z.string().nullable(),
  occurredAt: Timestamp,
});
export type AlertMessage = z.infer<typeof AlertMessage>;

const PLACEHOLDERS = [
  'title',
  'text',
  'severity',
  'provider',
  'game',
  'version',
  'markets',
  'link',
  'time',
] as const;
export type AlertPlaceholder = (typeof PLACEHOLDERS)[number];

/** With placeholders: `{title}`, `{text}`, `{severity}`, `{provider}`, `{game}`, `{version}`, `{markets}`, ... */
const AlertTemplate = z
  .string()
  .min(1)
  .max(2_000)
  .refine(
    (text) =>
      [...text.matchAll(/\{([a-z]+)\}/gi)].every(([, name]) =>
        (PLACEHOLDERS as readonly string[]).includes(name ?? ''),
      ),
    { error: `has a placeholder that is none of ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}` },
  );

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00');

const TimeZone = z
  .string()
  .max(100)
  .refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Malta');

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** When people are not to be disturbed by what can wait. */
export const QuietHours = z
  .strictObject({
    timeZone: TimeZone,
    /** By the clock of that zone. An end before the beginning is on the next day. */
    from: TimeOfDay,
    to: TimeOfDay,
    /** What is less severe is held until the end. */
    below: AlertSeverity.default('critical'),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must differ from the beginning' });
export type QuietHours = z.infer<typeof QuietHours>;

/** More messages than that are held, and told as one. Critical ones are never held for it. */
export const AlertRateLimit = z.strictObject({
  messages: z.int().min(1).max(1_000),
  perSeconds: z.int().min(1).max(86_400),
});
export type AlertRateLimit = z.infer<typeof AlertRateLimit>;

const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an https:// or http:// address' }).max(2_000);

export const AlertChannelSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slack'),
    /** The id of a channel, such as C0123456789, or its name. */
    conversation: z.string().regex(/^[#A-Za-z0-9._-]{1,80}$/, 'must be the id or the name of a channel'),
    /** For Slack's own, or a proxy before it. */
    apiUrl: HttpUrl.default('https://slack.com/api/'),
  }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    /** `https://events.eu.pagerduty.com` for accounts in that region. */
    eventsUrl: HttpUrl.default('https://events.pagerduty.com'),
  }),
  /** Signed by Standard Webhooks 1.0.0. */
  z.strictObject({ kind: z.literal('webhook'), url: HttpUrl }),
]);
export type AlertChannelSettings = z.infer<typeof AlertChannelSettings>;

const CHANNEL = {
  settings: AlertChannelSettings,
  enabled: z.boolean().default(true),
  quietHours: QuietHours.nullable().default(null),
  rateLimit: AlertRateLimit.nullable().default({ messages: 30, perSeconds: 60 }),
};

export const AlertChannelDocument = z.object(CHANNEL);
export type AlertChannelDocument = z.infer<typeof AlertChannelDocument>;

export const AlertChannelOrder = z.strictObject({
  ...CHANNEL,
  /**
   * Slack: a bot token with `chat:write`. PagerDuty: the integration key of a service. Webhook: `whsec_...`, drawn when
   * there is none. Kept as it is when it is left out.
   */
  secret: LineOfText.min(1).max(500).optional(),
  reason: Reason,
});
export type AlertChannelOrder = z.infer<typeof AlertChannelOrder>;

const Versioned = { name: Slug, version: z.int().min(1), changed: ChangeNote };

export const AlertChannelView = z.object({ ...AlertChannelDocument.shape, ...Versioned });
export type AlertChannelView = z.infer<typeof AlertChannelView>;

/** `secret` is there when it has been drawn, and shown only here. */
export const ChangedAlertChannel = AlertChannelView.extend({ secret: z.string().nullable() });
export type ChangedAlertChannel = z.infer<typeof ChangedAlertChannel>;

const ROUTE = {
  /** All that is given has to fit. */
  match: z
    .strictObject({
      severity: AlertSeverity.default('info').describe('At least as severe as that.'),
      kinds: z.array(AlertKind).min(1).max(50).nullable().default(null),
      /** `provider/game`, or `provider/*` for all of a provider's. */
      subjects: z
        .array(z.union([SubjectId, z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}\/\*$/)]))
        .min(1)
        .max(200)
        .nullable()
        .default(null),
      /** One of them is enough. What is about a version whose markets are not known fits. */
      markets: z.array(Market).min(1).max(300).nullable().default(null),
    })
    .prefault({}),
  channels: z.array(Slug).min(1).max(20),
  /** Instead of our own words. */
  template: z
    .strictObject({ title: AlertTemplate.optional(), text: AlertTemplate.optional() })
    .nullable()
    .default(null),
  enabled: z.boolean().default(true),
};

export const AlertRouteDocument = z.object(ROUTE);
export type AlertRouteDocument = z.infer<typeof AlertRouteDocument>;

export const AlertRouteOrder = z.strictObject({ ...ROUTE, reason: Reason });
export type AlertRouteOrder = z.infer<typeof AlertRouteOrder>;

export const AlertRouteView = z.object({ ...AlertRouteDocument.shape, ...Versioned });
export type AlertRouteView = z.infer<typeof AlertRouteView>;

/** One version of a channel or a route; null when it was deleted. Secrets are no part of it. */
export const AlertDocumentChange = z.object({
  version: z.int().min(1),
  document: z.unknown(),
  ...ChangeNote.shape,
});
export type AlertDocumentChange = z.infer<typeof AlertDocumentChange>;

/**
 * `held`: for the end of quiet hours or of a burst. `digested`: told in a digest. `skipped`: not wanted any more.
 * `failed`: given up, and `detail` says why.
 */
export const AlertDeliveryState = z.enum([
  'held',
  'waiting',
  'running',
  'delivered',
  'failed',
  'digested',
  'skipped',
]);
export type AlertDeliveryState = z.infer<typeof AlertDeliveryState>;

export const AlertDelivery = z.object({
  id: z.uuid(),
  channel: Slug,
  /** Null for tests and digests. */
  route: Slug.nullable(),
  state: AlertDeliveryState,
  message: AlertMessage,
  attempts: z.int().min(0),
  /** What went wrong last, or what the channel answered. */
  detail: z.string().nullable(),
  /** Where it is told, when it is `digested`. */
  digestId: z.uuid().nullable(),
  createdAt: Timestamp,
  heldUntil: Timestamp.nullable(),
  nextAttemptAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type AlertDelivery = z.infer<typeof AlertDelivery>;

export const AlertDeliveryAttempt = z.object({
  number: z.int().min(1),
  at: Timestamp,
  durationMs: z.number(),
  outcome: z.enum(['delivered', 'failed']),
  detail: z.string(),
});
export type AlertDeliveryAttempt = z.infer<typeof AlertDeliveryAttempt>;

/** With its log, oldest first. */
export const AlertDeliveryDetail = AlertDelivery.extend({ log: z.array(AlertDeliveryAttempt) });
export type AlertDeliveryDetail = z.infer<typeof AlertDeliveryDetail>;

export const AlertDeliveryPage = z.object({
  items: z.array(AlertDelivery),
  /** Path and query of the page that follows; null after the last. */
  next: z.string().nullable(),
});
export type AlertDeliveryPage = z.infer<typeof AlertDeliveryPage>;
