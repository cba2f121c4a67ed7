import type { Problem } from '@croupier/contracts';

/** One request to a service, as it is shown to the operator and as it is sent. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/api/<service>/v1/...` */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The same call for a shell; the token stays out of it. */
export function curlOf({ method, path, body, headers = {} }: Call, origin: string): string {
  const parts = [`curl -sS -X ${method} ${quoted(origin + path)}`, `-H "authorization: Bearer $TOKEN"`];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined)
    parts.push(`-H 'content-type: application/json'`, `-d ${quoted(JSON.stringify(body))}`);
  return parts.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

type Told = Pick<Problem, 'title' | 'detail' | 'remedy' | 'status'> & Partial<Pick<Problem, 'type'>>;

export class Refusal extends Error {
  constructor(readonly problem: Told) {
    super(problem.title);
  }

  /** Whether the console found nobody at the service's address. */
  get isAway(): boolean {
    return this.problem.type?.endsWith('/service-away') ?? false;
  }
}

/** @throws Refusal */
export async function send<Answer>(token: string, { method, path, body, headers }: Call): Promise<Answer> {
  const answer = await fetch(path, {
    method,
    headers: {
      ...headers,
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
  throw refusalOf(text, answer.status);
}

/** @param text - of an answer that is none of what was asked for */
export function refusalOf(text: string, status: number): Refusal {
  try {
    return new Refusal(JSON.parse(text) as Problem);
  } catch {
    return new Refusal({ title: `The answer was ${status}`, status });
  }
}
