import { HttpException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { z } from 'zod';
import { ProblemException } from './problem-exception';
import { invalidRequest, problemOf } from './problem-of';

describe('a thrown value as a problem', () => {
  it('is itself when it is one', () => {
    const problem = new ProblemException({
      slug: 'no-such-game',
      status: 404,
      title: 'There is no such game',
    });
    expect(problemOf(problem)).toBe(problem);
    expect(problem.toProblem('/v1/games/x')).toMatchObject({
      type: 'https://croupier.dev/problems/no-such-game',
      status: 404,
      instance: '/v1/games/x',
    });
  });

  it('names each field at fault by its path', () => {
    const { error } = z.object({ data: z.object({ version: z.string() }) }).safeParse({ data: {} });
    expect(invalidRequest(error!).description).toMatchObject({
      status: 422,
      errors: [{ field: 'data.version' }],
    });
  });

  it('is short, however much of a request is wrong', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => [`field${index}`, 1] as const);
    const issuesOf = (schema: z.ZodType) => schema.safeParse(Object.fromEntries(many)).error!;
    for (const error of [issuesOf(z.strictObject({})), issuesOf(z.record(z.string(), z.string()))])
      expect(JSON.stringify(invalidRequest(error).description).length).toBeLessThan(20_000);
  });

  it.each([
    [Object.assign(new Error('x'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), 413, 'body-too-large'],
    [new HttpException('x', 413), 413, 'body-too-large'],
    [new HttpException('x', 415), 415, 'unsupported-media-type'],
    [Object.assign(new Error('x'), { code: 'FST_ERR_OTHER', statusCode: 400 }), 400, 'request-refused'],
    [new NotFoundException(), 404, 'not-found'],
    [new Error('password of the database'), 500, 'internal-error'],
    [undefined, 500, 'internal-error'],
  ])('is %s -> %i %s', (thrown, status, slug) => {
    expect(problemOf(thrown).description).toMatchObject({ status, slug });
  });

  it('tells nothing of the inside when it is our fault', () => {
    expect(JSON.stringify(problemOf(new Error('password of the database')))).not.toContain('password');
  });

  it('names the dependencies that make a service not ready', () => {
    const thrown = new ServiceUnavailableException({
      error: { database: { status: 'down', message: 'no route' } },
    });
    expect(problemOf(thrown).description).toMatchObject({
      slug: 'not-ready',
      errors: [{ field: 'database', detail: 'no route' }],
    });
  });

  it('is a 503 that says when to come again while the database is away', () => {
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    for (const thrown of [error, Object.assign(new Error('query failed'), { driverError: error })])
      expect(problemOf(thrown).description).toMatchObject({
        status: 503,
        slug: 'storage-unavailable',
        retryAfterSeconds: 5,
      });
  });
});
