import { BUCKETS } from '@croupier/routing';
import { HmacSha256 } from '@croupier/service-kit';
import { sameText } from './same-text';

/** What is a player's own in a session. */
export interface Player {
  readonly player: string;
  readonly market: string;
  /** Of the player in this game, 0..9999. */
  readonly bucket: number;
  /** True when the version was chosen by an override: such a session tells nothing about a random player. */
  readonly chosen: boolean;
}

/** A player's session of one game: it stays on its version until it ends. */
export interface Session extends Player {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
}

export type ReadToken =
  | { readonly kind: 'open'; readonly session: Session; readonly expiresAtSeconds: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

export interface IssuedToken {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Names the format, so that another one can follow. */
const FORMAT = 'c1';
/** Every character of a token is one that `Authorization: Bearer` may have (RFC 6750, 2.1); no field has this one. */
const SEPARATOR = '~';
const FIELDS = 9;
const DEALT = 'd';
const CHOSEN = 'c';
/** Before a player's name in base64url. No name that is written as it is begins with it. */
const ENCODED = '+';
const PLAIN_NAME = /^[A-Za-z0-9._-]+$/;
/** Of 128 characters of a name, at 3 bytes each, in base64; and the other fields at their longest. */
const LONGEST_TOKEN = 1024;
const TOKEN = /^c1~[\x21-\x7e]+~[\w-]+$/;
const RADIX = 36;

/**
 * Session tokens: `c1~<expiry>~<d or c>~<bucket>~<market>~<version>~<provider>~<game>~<player>~<HMAC-SHA256>`, numbers
 * in base 36. The code makes the rest true for every gateway that has the secret; nothing is stored.
 */
export class SessionTokens {
  private readonly hmac: HmacSha256;
  private readonly life: Expiry;

  constructor(
    secret: string,
    ttlSeconds: number,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.hmac = new HmacSha256(Buffer.from(secret, 'utf8'));
    this.life = new Expiry(ttlSeconds);
  }

  /**
   * Opens a session from now on.
   * @param pin of the version that it stays on
   */
  issue(player: Player, pin: string): IssuedToken {
    this.life.startAt(Math.floor(this.nowMs() / 1000));
    const head = player.chosen ? this.life.chosenHead : this.life.dealtHead;
    return { token: this.sign(head, player, pin), expiresAt: this.life.iso };
  }

  /** Another token for a session that goes on, and ends when it would have. */
  renew(session: Session, expiresAtSeconds: number): string {
    return this.sign(headOf(expiresAtSeconds, session.chosen), session, pinOf(session));
  }

  read(token: string): ReadToken {
    if (token.length > LONGEST_TOKEN || !TOKEN.test(token)) return INVALID;
    const end = token.lastIndexOf(SEPARATOR);
    const signed = token.slice(0, end);
    if (!sameText(this.hmac.codeOf('base64url', signed), token.slice(end + 1))) return INVALID;
    const fields = signed.split(SEPARATOR);
    if (fields.length !== FIELDS) return INVALID;
    const [, expiry, how, bucket, market, version, provider, game, name] = fields as FieldsOfToken;
    const expiresAtSeconds = parseInt(expiry, RADIX);
    if (expiresAtSeconds * 1000 <= this.nowMs()) return EXPIRED;
    const session: Session = {
      player: decodeName(name),
      provider,
      game,
      version,
      market,
      bucket: parseInt(bucket, RADIX),
      chosen: how === CHOSEN,
    };
    return { kind: 'open', session, expiresAtSeconds };
  }

  private sign(head: string, { player, market, bucket }: Player, pin: string): string {
    const signed = `${head}${BUCKET_TEXTS[bucket]}~${market}${pin}${encodeName(player)}`;
    return `${signed}~${this.hmac.codeOf('base64url', signed)}`;
  }
}

/** What the tokens of all sessions of a version say of it. */
export function pinOf({ provider, game, version }: Omit<Session, keyof Player>): string {
  return `~${version}~${provider}~${game}~`;
}

function headOf(expiresAtSeconds: number, chosen: boolean): string {
  return `${FORMAT}~${expiresAtSeconds.toString(RADIX)}~${chosen ? CHOSEN : DEALT}~`;
}

const BUCKET_TEXTS = Array.from({ length: BUCKETS }, (_, bucket) => bucket.toString(RADIX));

type FieldsOfToken = [string, string, string, string, string, string, string, string, string];

const INVALID: ReadToken = Object.freeze({ kind: 'invalid' });
const EXPIRED: ReadToken = Object.freeze({ kind: 'expired' });

/** When sessions end that begin in this second, as the texts that their launches need. */
class Expiry {
  dealtHead = '';
  chosenHead = '';
  iso = '';
  private startedAt = NaN;

  constructor(private readonly ttlSeconds: number) {}

  startAt(seconds: number): void {
    if (seconds === this.startedAt) return;
    this.startedAt = seconds;
    const endsAt = seconds + this.ttlSeconds;
    this.dealtHead = headOf(endsAt, false);
    this.chosenHead = headOf(endsAt, true);
    this.iso = new Date(endsAt * 1000).toISOString();
  }
}

function encodeName(player: string): string {
  return PLAIN_NAME.test(player) ? player : ENCODED + Buffer.from(player, 'utf8').toString('base64url');
}

function decodeName(name: string): string {
  return name.startsWith(ENCODED)
    ? Buffer.from(name.slice(ENCODED.length), 'base64url').toString('utf8')
    : name;
}
