import { Logger } from '@nestjs/common';
import { problemOf } from './problem-of';

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const logger = new Logger('ProblemFilter');

/** What is answered to whatever was thrown. `url`: of the request, with or without its query. */
export function problemAnswer(thrown: unknown, url: string): ProblemAnswer {
  const problem = problemOf(thrown);
  const { status, retryAfterSeconds } = problem.description;
  // What was thrown as a problem is an answer, not a fault; a flood that is turned away must not flood the log.
  if (status >= 500 && problem !== thrown) logger.error(thrown);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify(problem.toProblem(url.split('?', 1)[0] ?? '/')),
  };
}
