import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** What was answered, to answer it again. `body` is left out when there was none. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Claim =
  | { readonly kind: 'claimed'; readonly token: string }
  | { readonly kind: 'answered'; readonly answer: RecordedAnswer }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'reused' };

interface KeyRow {
  readonly fingerprint: string;
  readonly answer: RecordedAnswer | null;
}

/** How long an answer is kept, from the first request with its key. */
const EXPIRY = '24 hours';

/** A request that has taken longer is taken for lost with its process. Statements end after 30 s. */
const LONGEST_REQUEST = '60 seconds';

/** Each claim removes some of what has expired, so that the table stays as large as a day's requests. */
const FORGOTTEN_AT_ONCE = 10;

/** The keys of a service, in the table that `createIdempotencyKeys` of the migrations makes. */
export class IdempotencyKeys {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes the key for this request, or says what has become of the one that has it. */
  async claim(key: string, fingerprint: string): Promise<Claim> {
    await this.forgetExpired();
    const token = randomUUID();
    const claimed = await this.dataSource.query<unknown[]>(
      `INSERT INTO idempotency_keys AS k (key, fingerprint, token, lost_at, expires_at)
       VALUES ($1, $2, $3, now() + interval '${LONGEST_REQUEST}', now() + interval '${EXPIRY}')
       ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, token = excluded.token, answer = NULL,
         lost_at = excluded.lost_at, expires_at = excluded.expires_at
       WHERE k.expires_at <= now()
         OR (k.answer IS NULL AND k.lost_at <= now() AND k.fingerprint = excluded.fingerprint)
       RETURNING key`,
      [key, fingerprint, token],
    );
    if (claimed.length > 0) return { kind: 'claimed', token };
    const [row] = await this.dataSource.query<KeyRow[]>(
      'SELECT fingerprint, answer FROM idempotency_keys WHERE key = $1',
      [key],
    );
    // Given up in this very moment: the caller is asked to come again.
    if (!row) return { kind: 'under-way' };
    if (row.fingerprint !== fingerprint) return { kind: 'reused' };
    return row.answer === null ? { kind: 'under-way' } : { kind: 'answered', answer: row.answer };
  }

  /** Nothing happens when the request was taken for lost meanwhile, and another one has the key. */
  async record(key: string, token: string, answer: RecordedAnswer): Promise<void> {
    await this.dataSource.query('UPDATE idempotency_keys SET answer = $3 WHERE key = $1 AND token = $2', [
      key,
      token,
      JSON.stringify(answer),
    ]);
  }

  /** The request came to nothing: the key is free again. */
  async giveUp(key: string, token: string): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM idempotency_keys WHERE key = $1 AND token = $2 AND answer IS NULL',
      [key, token],
    );
  }

  private async forgetExpired(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM idempotency_keys WHERE key IN (
         SELECT key FROM idempotency_keys WHERE expires_at <= now() LIMIT ${FORGOTTEN_AT_ONCE}
         FOR UPDATE SKIP LOCKED)`,
    );
  }
}
