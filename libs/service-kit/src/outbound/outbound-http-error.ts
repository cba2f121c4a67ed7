const RETRYABLE_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const BODY_EXCERPT_LENGTH = 300;

/** Why a call that left the process failed. */
export class OutboundHttpError extends Error {
  private constructor(
    readonly kind: 'timeout' | 'unreachable' | 'status' | 'too-large' | 'too-slow' | 'forbidden',
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get retryable(): boolean {
    return this.kind === 'status'
      ? RETRYABLE_STATUS.has(this.status ?? 0)
      : this.kind === 'timeout' || this.kind === 'unreachable';
  }

  /** @param body - to quote from; not given where it is nobody's business */
  static ofStatus(status: number, url: string, body?: Buffer): OutboundHttpError {
    const excerpt = body ? `: ${body.toString('utf8', 0, BODY_EXCERPT_LENGTH)}` : '';
    return new OutboundHttpError('status', `${url} answered ${status}${excerpt}`, status);
  }

  static tooLarge(maxBytes: number, url: string): OutboundHttpError {
    return new OutboundHttpError('too-large', `${url} answered more than ${maxBytes} bytes`);
  }

  static tooSlow(minBytesPerSecond: number, url: string): OutboundHttpError {
    return new OutboundHttpError('too-slow', `${url} sends less than ${minBytesPerSecond} bytes a second`);
  }

  static outOfTime(url: string): OutboundHttpError {
    return new OutboundHttpError('too-slow', `${url} had not answered in full when the time was up`);
  }

  /** Where the call would go is not allowed. */
  static forbidden(why: string): OutboundHttpError {
    return new OutboundHttpError('forbidden', why);
  }

  static from(error: unknown, url: string): OutboundHttpError {
    if (error instanceof OutboundHttpError) return error;
    const cause = error as Error;
    const kind = cause.name === 'TimeoutError' ? 'timeout' : 'unreachable';
    return new OutboundHttpError(kind, `${url}: ${cause.message || kind}`, undefined, { cause });
  }
}
