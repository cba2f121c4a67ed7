import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemAnswer } from './problem-answer';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const { status, headers, body } = problemAnswer(thrown, http.getRequest<FastifyRequest>().url);
    void http.getResponse<FastifyReply>().code(status).headers(headers).send(body);
  }
}
