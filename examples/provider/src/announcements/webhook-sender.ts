import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { AnnouncementType, CertifyRequest, Target } from '../control/requests';

/** The payload shape of Standard Webhooks 1.0.0. */
export type Announcement =
  | {
      readonly type: AnnouncementType;
      readonly timestamp: string;
      readonly data: {
        readonly game: string;
        readonly version: string;
        readonly manifestUrl: string;
        readonly manifestSha256: string;
      };
    }
  | { readonly type: 'game.certified'; readonly timestamp: string; readonly data: CertifyRequest };

export interface Delivery {
  /** The last answer's status; null when no attempt was answered. */
  readonly status: number | null;
  readonly webhookId: string;
  readonly attempts: number;
  /** The start of the last answer's body, or why there was none. */
  readonly detail: string;
}

type Attempt = Pick<Delivery, 'status' | 'detail'> & { readonly retryAfterMs: number };

const MAX_ATTEMPTS = 10;
const ATTEMPT_TIMEOUT_MS = 5_000;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;
const DETAIL_BYTES = 2_000;

/** Doubles up to ten seconds; jitter takes off up to half, so that many senders do not come back together. */
export function retryDelayMs(attempt: number, random: () => number): number {
  const ceilingMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return ceilingMs * (1 - random() / 2);
}

/** Sends until an answer says that sending again is of no use, ten times at most. */
export class WebhookSender {
  constructor(
    private readonly pause: (delayMs: number) => Promise<unknown> = (delayMs) => sleep(delayMs),
    private readonly random: () => number = Math.random,
  ) {}

  async send(target: Target, announcement: Announcement): Promise<Delivery> {
    const webhookId = `msg_${randomUUID()}`;
    const body = JSON.stringify(announcement);
    for (let attempts = 1; ; attempts++) {
      const attempt = await this.attempt(target, webhookId, body);
      if (!isWorthRetrying(attempt.status) || attempts === MAX_ATTEMPTS)
        return { status: attempt.status, webhookId, attempts, detail: attempt.detail };
      await this.pause(Math.max(retryDelayMs(attempts, this.random), attempt.retryAfterMs));
    }
  }

  /** The id stays and the timestamp is the attempt's: a late retry must not look like a replay. */
  private async attempt(target: Target, webhookId: string, body: string): Promise<Attempt> {
    const sentAt = new Date();
    try {
      const response = await fetch(`${target.aggregatorUrl}/v1/webhooks/${target.provider}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': webhookId,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
          'webhook-signature': new Webhook(target.secret).sign(webhookId, sentAt, body),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      const detail = await startOf(response);
      const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0) || 0;
      return {
        status: response.status,
        detail,
        retryAfterMs: Math.min(MAX_DELAY_MS, Math.max(0, retryAfterSeconds * 1000)),
      };
    } catch (error) {
      return { status: null, detail: String(error), retryAfterMs: 0 };
    }
  }
}

async function startOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
    if (bytes >= DETAIL_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, DETAIL_BYTES).toString('utf8');
}

function isWorthRetrying(status: number | null): boolean {
  return status === null || status === 429 || status >= 500;
}
