import { ProblemException } from '../problems/problem-exception';
import {
  preconditionIfAny,
  preconditionOf,
  requirePrecondition,
  type ConditionalHeaders,
} from './precondition';

function problemOf(work: () => unknown): Partial<ProblemException['description']> {
  try {
    work();
  } catch (error) {
    return (error as ProblemException).description;
  }
  throw new Error('nothing was refused');
}

function apply(headers: ConditionalHeaders, current: string | null): void {
  requirePrecondition(preconditionOf(headers), current);
}

describe('a change with a precondition', () => {
  it.each([
    ['its state is the one that the caller has seen', { 'if-match': '"3"' }, '"3"'],
    ['its state is one of several', { 'if-match': '"2", "3" ,W/"1"' }, '"3"'],
    ['it exists and the caller asks for no more', { 'if-match': '*' }, '"3"'],
    ['it is to be created and does not exist', { 'if-none-match': '*' }, null],
  ])('goes on when %s', (_, headers, current) => {
    expect(() => apply(headers, current)).not.toThrow();
  });

  it.each([
    ['it has changed meanwhile', { 'if-match': '"3"' }, '"4"', 'It is "4" by now, not "3".'],
    ['it is gone', { 'if-match': '"3"' }, null, 'There is no such resource.'],
    ['it never was', { 'if-match': '*' }, null, 'There is no such resource.'],
    ['it is to be created and exists', { 'if-none-match': '*' }, '"1"', 'It exists, as "1".'],
    [
      'only a weak tag is known: it may stand for two states',
      { 'if-match': 'W/"3"' },
      '"3"',
      'It is "3" by now',
    ],
  ])('is refused with 412 when %s', (_, headers, current, detail) => {
    const problem = problemOf(() => apply(headers, current));
    expect(problem).toMatchObject({ slug: 'precondition-failed', status: 412 });
    expect(problem.detail).toContain(detail);
    expect(problem.errors).toEqual([{ field: Object.keys(headers)[0], detail: problem.detail }]);
  });

  it('is refused with 428 when it says nothing', () => {
    expect(problemOf(() => preconditionOf({}))).toMatchObject({
      slug: 'precondition-required',
      status: 428,
      errors: [{ field: 'if-match' }],
      remedy: expect.stringContaining('If-None-Match: *'),
    });
  });

  it('says nothing where it need not', () => {
    expect(preconditionIfAny({})).toBeNull();
    expect(preconditionIfAny({ 'if-match': '"3"' })).toEqual({ kind: 'one-of', tags: ['"3"'] });
    expect(() => preconditionIfAny({ 'if-match': '3' })).toThrow('if-match');
  });

  it.each([
    [{ 'if-match': '3' }, 'if-match'],
    [{ 'if-match': '' }, 'if-match'],
    [{ 'if-match': '"3" "4"' }, 'if-match'],
    [{ 'if-none-match': '"3"' }, 'if-none-match'],
  ])('is refused with 400 for %j', (headers, field) => {
    expect(problemOf(() => preconditionOf(headers))).toMatchObject({
      slug: 'malformed-header',
      status: 400,
      errors: [{ field }],
    });
  });
});
