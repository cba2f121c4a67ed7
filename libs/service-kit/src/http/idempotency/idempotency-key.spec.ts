import { ProblemException } from '../../problems/problem-exception';
import { fingerprintOf } from './fingerprint';
import { idempotencyKeyOf } from './idempotency-key';

function slugOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as ProblemException).description.slug;
  }
  return 'none';
}

describe('an Idempotency-Key', () => {
  it('is the same with quotes and without', () => {
    expect(idempotencyKeyOf('"8e03978e-40d5"', false)).toBe('8e03978e-40d5');
    expect(idempotencyKeyOf('8e03978e-40d5', true)).toBe('8e03978e-40d5');
  });

  it('may be left out unless the route needs one', () => {
    expect(idempotencyKeyOf(undefined, false)).toBeNull();
    expect(slugOf(() => idempotencyKeyOf(undefined, true))).toBe('idempotency-key-required');
  });

  it.each([
    ['nothing', ''],
    ['an empty string', '""'],
    ['two strings', '"a", "b"'],
    ['two words without quotes', 'two words'],
    ['over 255 characters', `"${'x'.repeat(256)}"`],
    ['what is not ASCII', '"ü"'],
    ['an escape', '"a\\"b"'],
    ['two headers', ['a', 'b']],
  ])('is refused when it is %s', (_, header: string | string[]) => {
    expect(slugOf(() => idempotencyKeyOf(header, false))).toBe('malformed-header');
  });
});

describe('the fingerprint of a request', () => {
  const request = { method: 'POST', url: '/v1/releases?dry=1', body: { a: 1, b: [{ c: 2, d: null }] } };

  it('does not depend on the order of members', () => {
    const body = { b: [{ d: null, c: 2 }], a: 1 };
    expect(fingerprintOf({ ...request, body })).toBe(fingerprintOf(request));
  });

  it.each([
    ['method', { method: 'PATCH' }],
    ['path', { url: '/v1/releases/1?dry=1' }],
    ['query', { url: '/v1/releases' }],
    ['value', { body: { a: 2, b: [{ c: 2, d: null }] } }],
    ['type', { body: { a: '1', b: [{ c: 2, d: null }] } }],
    ['order of a list', { body: [2, 1] }],
    ['shape', { body: [['a', 1]] }],
    ['presence of a body', { body: undefined }],
  ])('changes with the %s', (_, change) => {
    expect(fingerprintOf({ ...request, ...change })).not.toBe(fingerprintOf(request));
  });

  it('tells a list of pairs from an object, and bytes from bytes', () => {
    const of = (body: unknown): string => fingerprintOf({ method: 'POST', url: '/', body });
    expect(of({ a: 1 })).not.toBe(of([['a', 1]]));
    expect(of(Buffer.from('a'))).not.toBe(of(Buffer.from('b')));
    expect(of([2, 1])).not.toBe(of([1, 2]));
  });
});
