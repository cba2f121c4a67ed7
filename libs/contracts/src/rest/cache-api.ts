import { z } from 'zod';
import { LineOfText, ReleaseId, SemVer, Slug, SubjectId, Timestamp } from '../identifiers';
import { ChangeNote, Reason } from './document-history';

/** A surrogate key that every vendor takes: a token of RFC 9110, 5.6.2. Akamai takes 128 characters at most. */
export const CacheTag = z
  .string()
  .regex(
    /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/,
    "must be 1 to 256 letters, digits or !#$%&'*+.^_`|~- without spaces",
  );

/** The tag of everything that is cached of a subject. Slugs have no dots, so no other subject's tag begins alike. */
export function subjectTag(provider: string, game: string): string {
  return `game.${provider}.${game}`;
}

/** The tag of what is cached of one version. */
export function versionCacheTag(provider: string, game: string, version: string): string {
  return `${subjectTag(provider, game)}.${version}`;
}

/** The tag of what says which version of a subject players get: purged before the files of the old one. */
export function currentTag(provider: string, game: string): string {
  return `${subjectTag(provider, game)}.current`;
}

const CacheText = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** The most keys or tags in one selector. */
const MOST = 1_000;

/**
 * What is to go. Keys, prefixes and patterns that begin with `/`, `http://` or `https://` are URLs, for caches of HTTP;
 * all others are keys, for Redis. In a pattern, `*` stands for any text and `?` for one character.
 */
export const CacheSelector = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keys'), keys: z.array(CacheText).min(1).max(MOST) }),
  z.strictObject({ kind: z.literal('prefix'), prefix: CacheText }),
  z.strictObject({ kind: z.literal('pattern'), pattern: CacheText }),
  z.strictObject({ kind: z.literal('tags'), tags: z.array(CacheTag).min(1).max(MOST) }),
  /** Everything that was cached by or of one application version, in a time that does not grow with how much it is. */
  z.strictObject({ kind: z.literal('version'), provider: Slug, game: Slug, version: SemVer }),
  /** All that the target holds for this installation. */
  z.strictObject({ kind: z.literal('everything') }),
]);
export type CacheSelector = z.infer<typeof CacheSelector>;

export const CacheTargetName = Slug;

/** With placeholders: `{provider}`, `{game}`, `{version}`, `{current}`, `{previous}`. */
const Template = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
  .refine((text) => faultOfTemplate(text) === null, {
    error: 'has a placeholder that is none of {provider}, {game}, {version}, {current}, {previous}',
  });

const PLACEHOLDERS = ['provider', 'game', 'version', 'current', 'previous'] as const;
export type CachePlaceholder = (typeof PLACEHOLDERS)[number];

function faultOfTemplate(text: string): string | null {
  for (const [, name] of text.matchAll(/\{([a-z]+)\}/g))
    if (!(PLACEHOLDERS as readonly string[]).includes(name ?? '')) return name ?? '';
  return null;
}

/** A selector whose texts are templates. One that needs a version that there is not, is left out of the job. */
export const CacheSelectorTemplate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keys'), keys: z.array(Template).min(1).max(MOST) }),
  z.strictObject({ kind: z.literal('prefix'), prefix: Template }),
  z.strictObject({ kind: z.literal('pattern'), pattern: Template }),
  z.strictObject({ kind: z.literal('tags'), tags: z.array(Template).min(1).max(MOST) }),
  z.strictObject({ kind: z.literal('version'), version: z.enum(['version', 'current', 'previous']) }),
  z.strictObject({ kind: z.literal('everything') }),
]);
export type CacheSelectorTemplate = z.infer<typeof CacheSelectorTemplate>;

/** By name; null for all that can. */
const Targets = z.array(CacheTargetName).min(1).max(50).nullable().default(null);

const RuledPurge = z.strictObject({ selector: CacheSelectorTemplate, targets: Targets });
export type RuledPurge = z.infer<typeof RuledPurge>;

const RuledPurges = z.array(RuledPurge).max(50).nullable().default(null);

const UrlTemplate = Template.refine((text) => text.startsWith('/'), 'must begin with /');

/** What is done with the caches when the version of a subject changes. Null: what the rule without a name does. */
const RULE = {
  scope: z
    .strictObject({ provider: Slug.nullable().default(null), subject: SubjectId.nullable().default(null) })
    .refine(({ provider, subject }) => provider === null || subject === null, {
      path: ['provider'],
      error: 'must be left out beside a subject, which names its provider',
    })
    .prefault({}),
  /** Files that have to be in every cache before the version gets traffic, and again before a pointer is purged. */
  warmUp: z
    .strictObject({
      paths: z.array(UrlTemplate).max(500).default([]),
      /** Where each file of the version's manifest is: `/files/{game}/{version}/{path}`; null for none. */
      files: z
        .string()
        .max(1_000)
        .regex(/^\/[\x21-\x7e]*\{path\}[\x21-\x7e]*$/, 'must begin with / and have {path} in it')
        .nullable()
        .default(null),
      targets: Targets,
    })
    .nullable()
    .default(null),
  /** What says which version is current: purged first, and read back through every cache before a job is done. */
  pointers: z
    .array(
      z.strictObject({
        path: UrlTemplate,
        /** Text that the origin's answer has once it tells the current version; null when any answer will do. */
        expect: Template.nullable().default(null),
        targets: Targets,
      }),
    )
    .max(20)
    .default([]),
  promoted: RuledPurges,
  rolledBack: RuledPurges,
  revoked: RuledPurges,
};

export const CacheRuleDocument = z.strictObject(RULE);
export type CacheRuleDocument = z.infer<typeof CacheRuleDocument>;

export const CacheRuleOrder = z.strictObject({ ...RULE, reason: Reason });
export type CacheRuleOrder = z.infer<typeof CacheRuleOrder>;

export const CacheRuleView = z.object({
  name: Slug,
  /** Rises by one with every change, and is the ETag. */
  version: z.int().min(1),
  ...RULE,
  changed: ChangeNote,
});
export type CacheRuleView = z.infer<typeof CacheRuleView>;

/** One version of a rule; null when it was deleted. */
export const CacheRuleChange = z.object({
  version: z.int().min(1),
  document: CacheRuleDocument.nullable(),
  ...ChangeNote.shape,
});
export type CacheRuleChange = z.infer<typeof CacheRuleChange>;

const WarmPath = z.object({ path: z.string(), sha256: z.string().nullable() });

/** One thing that a job does, at each of its targets. */
export const CacheStep = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('purge'), selector: CacheSelector }),
  /** Fetches files through the cache, and compares them with their digests where these are known. */
  z.object({
    kind: z.literal('warm'),
    paths: z.array(WarmPath),
    /** The files of a version's manifest, at `files` with `{path}` filled in. */
    manifest: z.object({ provider: Slug, game: Slug, version: SemVer, files: z.string() }).nullable(),
  }),
  /** Waits until the origin's answer has the text. */
  z.object({ kind: z.literal('origin'), path: z.string(), expect: z.string() }),
  /** The cache answers what the origin answers. */
  z.object({ kind: z.literal('verify'), path: z.string(), expect: z.string().nullable() }),
]);
export type CacheStep = z.infer<typeof CacheStep>;

export const InvalidationCause = z.enum([
  'operator',
  'release.staged',
  'rollout.promoted',
  'rollout.rolled_back',
  'clearance.changed',
]);
export type InvalidationCause = z.infer<typeof InvalidationCause>;

export const InvalidationState = z.enum(['running', 'done', 'failed', 'cancelled']);
export type InvalidationState = z.infer<typeof InvalidationState>;

/** `skipped`: what it would have done is not wanted any more, and `detail` says why. */
export const InvalidationTaskState = z.enum(['waiting', 'running', 'done', 'failed', 'skipped']);
export type InvalidationTaskState = z.infer<typeof InvalidationTaskState>;

/** What one step does to one target. */
export const InvalidationTask = z.object({
  position: z.int().min(0),
  step: CacheStep,
  target: CacheTargetName,
  state: InvalidationTaskState,
  attempts: z.int().min(0),
  /** Keys, tags, URLs or files that have been dealt with in this attempt, and how many there are; null: not known. */
  done: z.int().min(0),
  total: z.int().min(0).nullable(),
  /** How many entries went, or would go in a dry run; null where the target does not say. */
  entries: z.int().min(0).nullable(),
  /** What went wrong last, or what there is to say. */
  detail: z.string().nullable(),
  nextAttemptAt: Timestamp.nullable(),
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type InvalidationTask = z.infer<typeof InvalidationTask>;

export const InvalidationJob = z.object({
  id: z.uuid(),
  cause: InvalidationCause,
  actor: z.string(),
  reason: z.string(),
  releaseId: ReleaseId.nullable(),
  subject: SubjectId.nullable(),
  version: SemVer.nullable(),
  /** Counts what would go, and changes nothing. */
  dryRun: z.boolean(),
  state: InvalidationState,
  /** What went, or would go, at all targets that say so. */
  entries: z.int().min(0),
  createdAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});
export type InvalidationJob = z.infer<typeof InvalidationJob>;

export const InvalidationDetail = InvalidationJob.extend({ tasks: z.array(InvalidationTask) });
export type InvalidationDetail = z.infer<typeof InvalidationDetail>;

export const InvalidationPage = z.object({
  items: z.array(InvalidationJob),
  /** Path and query of the page that follows; null after the last. */
  next: z.string().nullable(),
});
export type InvalidationPage = z.infer<typeof InvalidationPage>;

export const InvalidationRequest = z
  .strictObject({
    /** In this order at each target. */
    selectors: z.array(CacheSelector).min(1).max(50),
    targets: Targets,
    dryRun: z.boolean().default(false),
    /** URL paths that have to be as at the origin afterwards. */
    verify: z
      .array(CacheText.refine((path) => path.startsWith('/'), 'must begin with /'))
      .max(100)
      .default([]),
    reason: LineOfText.min(3).max(500),
  })
  .refine(
    ({ selectors, targets }) => targets !== null || selectors.every(({ kind }) => kind !== 'everything'),
    {
      path: ['targets'],
      error: 'must be named where everything is to go',
    },
  );
export type InvalidationRequest = z.infer<typeof InvalidationRequest>;

export const CacheTargetView = z.object({
  name: CacheTargetName,
  kind: z.string(),
  /** Whether files can be read through it: for warm-up and verification. */
  readable: z.boolean(),
});
export type CacheTargetView = z.infer<typeof CacheTargetView>;

export const CacheTargetList = z.object({ targets: z.array(CacheTargetView) });
export type CacheTargetList = z.infer<typeof CacheTargetList>;
