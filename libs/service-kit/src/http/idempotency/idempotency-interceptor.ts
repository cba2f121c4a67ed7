import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, map, mergeMap, of, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { ProblemException } from '../../problems/problem-exception';
import { fingerprintOf } from './fingerprint';
import { IDEMPOTENCY_KEY, idempotencyKeyOf } from './idempotency-key';
import { IdempotencyKeys, type RecordedAnswer } from './idempotency-keys';
import { IDEMPOTENT, type IdempotentOptions } from './idempotent-options';

/** Headers of an answer that belong to what was done, and not to its transport. */
const KEPT_HEADERS = ['etag', 'location', 'content-location'] as const;

const UNDER_WAY_RETRY_SECONDS = 1;

/** Runs a handler once for a key, and answers repetitions with what it answered then. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);
  private readonly keys: IdempotencyKeys;

  constructor(
    dataSource: DataSource,
    private readonly reflector: Reflector,
  ) {
    this.keys = new IdempotencyKeys(dataSource);
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { required } = this.reflector.get<IdempotentOptions>(IDEMPOTENT, context.getHandler());
    const key = idempotencyKeyOf(request.headers[IDEMPOTENCY_KEY], required);
    if (key === null) return next.handle();
    const claim = await this.keys.claim(key, fingerprintOf(request));
    switch (claim.kind) {
      case 'claimed':
        return this.once(key, claim.token, reply, next);
      case 'answered':
        return of(replayed(claim.answer, reply));
      case 'under-way':
        throw underWay();
      case 'reused':
        throw reused();
    }
  }

  /** Only what was done is kept. What was refused or failed has changed nothing, so it may be tried again. */
  private once(key: string, token: string, reply: FastifyReply, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      mergeMap((body: unknown) =>
        from(this.settled(() => this.keys.record(key, token, answerOf(reply, body)))).pipe(map(() => body)),
      ),
      catchError((error: unknown) =>
        from(this.settled(() => this.keys.giveUp(key, token))).pipe(
          map(() => {
            throw error;
          }),
        ),
      ),
    );
  }

  /** The answer matters more than its record. Without one the key is under way until it counts as lost. */
  private async settled(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`The outcome of an idempotency key is not kept: ${(error as Error).message}`);
    }
  }
}

function answerOf(reply: FastifyReply, body: unknown): RecordedAnswer {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: reply.statusCode, headers, ...(body === undefined ? {} : { body }) };
}

function replayed({ status, headers, body }: RecordedAnswer, reply: FastifyReply): unknown {
  void reply.status(status).headers(headers).header('idempotent-replayed', 'true');
  return body;
}

function underWay(): ProblemException {
  const detail = 'belongs to a request that is not answered yet';
  return new ProblemException({
    slug: 'request-under-way',
    status: 409,
    title: 'The first request with this Idempotency-Key is still under way',
    detail: `${IDEMPOTENCY_KEY} ${detail}.`,
    remedy: 'Send the same request again in a moment: it answers what the first one did.',
    errors: [{ field: IDEMPOTENCY_KEY, detail }],
    retryAfterSeconds: UNDER_WAY_RETRY_SECONDS,
  });
}

function reused(): ProblemException {
  const detail = 'was sent before with another method, path or body';
  return new ProblemException({
    slug: 'idempotency-key-reused',
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    detail: `${IDEMPOTENCY_KEY} ${detail}.`,
    remedy: 'Repeat a request as it was, or send a new key with a new one.',
    errors: [{ field: IDEMPOTENCY_KEY, detail }],
  });
}
