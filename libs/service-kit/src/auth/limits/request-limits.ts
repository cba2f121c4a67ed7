import { Injectable } from '@nestjs/common';
import { AuthConfig } from '../auth-config';
import { tooManyRequests } from '../auth-problems';
import type { Caller } from '../callers/caller';
import { BoundedLimiter } from './bounded-limiter';

const MOST_CALLERS = 10_000;
const MOST_ADDRESSES = 10_000;

/** What one caller, or one address without a valid token, may ask for. Counted by each process for itself. */
@Injectable()
export class RequestLimits {
  private readonly requests: BoundedLimiter;
  private readonly failures: BoundedLimiter;

  constructor({ requestsPerMinute, failuresPerMinute }: AuthConfig) {
    this.requests = new BoundedLimiter({ perMinute: requestsPerMinute, mostKeys: MOST_CALLERS });
    this.failures = new BoundedLimiter({ perMinute: failuresPerMinute, mostKeys: MOST_ADDRESSES });
  }

  /** The break-glass token has no limit, nor have services. @throws ProblemException 429 */
  async countRequest({ kind, id }: Caller): Promise<void> {
    if (kind === 'break-glass' || kind === 'service') return;
    const waitMs = await this.requests.count(`${kind} ${id}`);
    if (waitMs > 0) throw tooManyRequests('This token has sent more than its share.', waitMs);
  }

  /** @throws ProblemException 429 */
  async countFailure(address: string): Promise<void> {
    const waitMs = await this.failures.count(address);
    if (waitMs > 0) throw tooManyRequests('Too many requests of this address had no valid token.', waitMs);
  }
}
