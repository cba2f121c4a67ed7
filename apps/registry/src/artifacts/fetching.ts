import type { GuardedAnswer, GuardedHttp } from '@croupier/service-kit';
import { OutboundHttpError } from '@croupier/service-kit';
import { Refused } from './rejections/rejection';

/** A small document: an OCI manifest, an answer of a repository manager. OCI asks registries to take 4 MiB. */
export const DOCUMENT_BYTES = 4 * 1024 * 1024;
const DOCUMENT_DEADLINE_MS = 15_000;

export interface FetchOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
  /** Statuses besides 200 that are an answer; any other refuses the version. */
  readonly answers?: readonly number[];
}

/** What is fetched for one version: all of it within one time and one number of bytes. */
export class Fetching {
  private readonly signal: AbortSignal;
  private bytes = 0;

  constructor(
    private readonly http: GuardedHttp,
    private readonly limits: { readonly deadlineMs: number; readonly maxBytes: number },
  ) {
    this.signal = AbortSignal.timeout(limits.deadlineMs);
  }

  get bytesFetched(): number {
    return this.bytes;
  }

  /** @throws Refused, OutboundHttpError when it may be answered better later */
  async get(url: string, options: FetchOptions = {}): Promise<GuardedAnswer & { readonly body: Buffer }> {
    return this.judged(options, async () => {
      const maxBytes = options.maxBytes ?? DOCUMENT_BYTES;
      const answer = await this.http.get(url, this.outbound(options, maxBytes, DOCUMENT_DEADLINE_MS));
      this.count(answer.body.length);
      return answer;
    });
  }

  /** @throws Refused, OutboundHttpError when it may be answered better later */
  async head(url: string, options: FetchOptions = {}): Promise<GuardedAnswer> {
    return this.judged(options, () => this.http.head(url, this.outbound(options, 0, DOCUMENT_DEADLINE_MS)));
  }

  /** The SHA-256 of what is never kept. @throws Refused, OutboundHttpError when it may be answered better later */
  async digest(
    url: string,
    options: FetchOptions & { readonly maxBytes: number },
  ): Promise<GuardedAnswer & { readonly sizeBytes: number; readonly sha256: string }> {
    return this.judged(options, async () => {
      // A layer of an image may take all the time there is; that it does not drip is seen to.
      const answer = await this.http.digest(
        url,
        this.outbound(options, options.maxBytes, this.limits.deadlineMs),
      );
      this.count(answer.sizeBytes);
      return answer;
    });
  }

  /** Before anything is fetched that its description says is larger than what is left. @throws Refused */
  expect(sizeBytes: number, what: string): void {
    if (this.bytes + sizeBytes > this.limits.maxBytes)
      throw new Refused('too-large', `${what} makes the version larger than ${this.limits.maxBytes} bytes`);
  }

  private outbound(
    { headers = {}, answers = [] }: FetchOptions,
    maxBytes: number,
    deadlineMs: number,
  ): Parameters<GuardedHttp['get']>[1] {
    return { headers, maxBytes, deadlineMs, answers, signal: this.signal };
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.expect(0, 'what was fetched');
  }

  private async judged<Answer extends GuardedAnswer>(
    { answers = [] }: FetchOptions,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const answer = await call().catch((error: unknown) => {
      throw error instanceof OutboundHttpError && !error.retryable ? refusalOf(error) : error;
    });
    if (answer.status !== 200 && !answers.includes(answer.status))
      throw new Refused('unreachable', `${answer.url} answered ${answer.status}, and only 200 counts`);
    return answer;
  }
}

function refusalOf({ kind, message }: OutboundHttpError): Refused {
  if (kind === 'too-large') return new Refused('too-large', message);
  return new Refused(kind === 'forbidden' ? 'forbidden-address' : 'unreachable', message);
}
