import { Problem } from '@croupier/contracts';

const TIMEOUT_MS = 10_000;

/** A service answered, and not with what was asked of it. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The platform's REST API as an operator uses it. */
export class ApiClient {
  /**
   * @param actor - who acts, for the audit trail; nobody is named without it
   * @param timeoutMs - longest wait for an answer
   */
  constructor(
    private readonly operatorToken: string,
    private readonly actor?: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  get(url: string): Promise<unknown> {
    return this.send('GET', url);
  }

  post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    return this.send('POST', url, body, headers);
  }

  put(url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    return this.send('PUT', url, body, headers);
  }

  delete(url: string): Promise<unknown> {
    return this.send('DELETE', url);
  }

  private async send(
    method: string,
    url: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<unknown> {
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.operatorToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.actor === undefined ? {} : { 'x-croupier-actor': this.actor }),
        ...more,
      },
      signal: AbortSignal.timeout(this.timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error & { cause?: { message?: string } }) => {
      throw new Error(`${method} ${url} got no answer: ${error.cause?.message || error.message}`);
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new ApiRefusal(answer.status, `${method} ${url} answered ${answer.status}: ${explanation(text)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function explanation(text: string): string {
  try {
    const problem = Problem.parse(JSON.parse(text));
    return [problem.title, problem.detail, problem.remedy].filter(Boolean).join(' ');
  } catch {
    return text.slice(0, 300);
  }
}
