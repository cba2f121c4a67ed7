import { Webhook } from 'standardwebhooks';
import { Refusal } from './refusal';

export interface Faults {
  /** Share of requests that answer 500. */
  readonly errorRate: number;
  /** Share of requests that take `slowMs` longer. */
  readonly slowRate: number;
  readonly slowMs: number;
  readonly faultsAfterRequests: number;
}

export interface PublishRequest {
  readonly game: string;
  readonly version: string;
  readonly faults: Faults;
  readonly markets: readonly string[];
  readonly flags: readonly string[];
  /** Whether the version brings an expand migration and its undo. */
  readonly migration: boolean;
}

export type AnnouncementType = 'game.added' | 'game.updated';

export interface AnnounceRequest {
  readonly game: string;
  readonly version: string;
  readonly type: AnnouncementType;
}

/** A laboratory has found the version to be right for these markets. */
export interface CertifyRequest {
  readonly game: string;
  readonly version: string;
  readonly markets: readonly string[];
}

/** Where announcements go, and who signs them. */
export interface Target {
  readonly aggregatorUrl: string;
  readonly provider: string;
  /** `whsec_` and the key in base64. */
  readonly secret: string;
}

type Fields = Readonly<Record<string, unknown>>;

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const MARKET = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;
/** Enough for the smoke tests of staging to pass first, as with a regression that shows only under load. */
const DEFAULT_FAULTS_AFTER_REQUESTS = 40;

function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'Malformed JSON', 'the body must be a JSON object');
  return body as Fields;
}

function invalid(field: string, expectation: string): Refusal {
  return new Refusal(422, 'Invalid request', `${field} must be ${expectation}`);
}

function matching(value: unknown, field: string, pattern: RegExp, expectation: string): string {
  if (typeof value !== 'string' || value.length > 100 || !pattern.test(value))
    throw invalid(field, expectation);
  return value;
}

function matchingList(value: unknown, field: string, pattern: RegExp, expectation: string): string[] {
  if (!Array.isArray(value)) throw invalid(field, 'a list');
  return value.map((item: unknown) => matching(item, field, pattern, expectation));
}

function number(value: unknown, field: string, max: number): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= max)) throw invalid(field, `0 to ${max}`);
  return value;
}

function gameVersion(fields: Fields): { game: string; version: string } {
  return {
    game: matching(fields['game'], 'game', SLUG, 'a lower-case slug'),
    version: matching(fields['version'], 'version', SEMVER, 'a SemVer version such as 1.4.0'),
  };
}

function marketsOf(value: unknown): string[] {
  const markets = matchingList(value, 'markets', MARKET, 'market codes such as MT');
  if (markets.length === 0) throw invalid('markets', 'at least one market code');
  return markets;
}

export function parsePublish(body: unknown): PublishRequest {
  const fields = fieldsOf(body);
  const { game, version } = gameVersion(fields);
  const migration = fields['migration'] ?? false;
  if (typeof migration !== 'boolean') throw invalid('migration', 'true or false');
  if (migration && !/^[\d.]+$/.test(version))
    throw invalid('version', 'without a pre-release when it has a migration: Flyway versions are numbers');
  const markets = marketsOf(fields['markets'] ?? ['MT']);
  return {
    game,
    version,
    faults: {
      errorRate: number(fields['errorRate'] ?? 0, 'errorRate', 1),
      slowRate: number(fields['slowRate'] ?? 0, 'slowRate', 1),
      slowMs: number(fields['slowMs'] ?? 0, 'slowMs', 60_000),
      faultsAfterRequests: number(
        fields['faultsAfterRequests'] ?? DEFAULT_FAULTS_AFTER_REQUESTS,
        'faultsAfterRequests',
        1_000_000_000,
      ),
    },
    markets,
    flags: matchingList(fields['flags'] ?? [], 'flags', SLUG, 'lower-case slugs'),
    migration,
  };
}

export function parseAnnounce(body: unknown): AnnounceRequest {
  const fields = fieldsOf(body);
  const type = fields['type'] ?? 'game.updated';
  if (type !== 'game.added' && type !== 'game.updated') throw invalid('type', 'game.added or game.updated');
  return { ...gameVersion(fields), type };
}

export function parseCertify(body: unknown): CertifyRequest {
  const fields = fieldsOf(body);
  return { ...gameVersion(fields), markets: marketsOf(fields['markets']) };
}

export function parseTarget(body: unknown): Target {
  const fields = fieldsOf(body);
  const { aggregatorUrl, secret } = fields;
  if (
    typeof aggregatorUrl !== 'string' ||
    !/^https?:\/\//.test(aggregatorUrl) ||
    !URL.canParse(aggregatorUrl)
  )
    throw invalid('aggregatorUrl', 'an http or https URL');
  if (typeof secret !== 'string' || !isSigningSecret(secret))
    throw invalid('secret', 'whsec_ followed by the key in base64');
  return {
    aggregatorUrl: aggregatorUrl.replace(/\/+$/, ''),
    provider: matching(fields['provider'], 'provider', SLUG, 'a lower-case slug'),
    secret,
  };
}

function isSigningSecret(secret: string): boolean {
  if (!secret.startsWith('whsec_')) return false;
  try {
    new Webhook(secret);
    return true;
  } catch {
    return false;
  }
}
