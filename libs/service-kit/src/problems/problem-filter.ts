import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(thrown);
    const { status, retryAfterSeconds } = problem.description;
    // What was thrown as a problem is an answer, not a fault; a flood that is turned away must not flood the log.
    if (status >= 500 && problem !== thrown) this.logger.error(thrown);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    const path = http.getRequest<FastifyRequest>().url.split('?', 1)[0] ?? '/';
    void reply
      .code(status)
      .type('application/problem+json')
      .send(JSON.stringify(problem.toProblem(path)));
  }
}
