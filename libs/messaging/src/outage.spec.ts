import { isOutage } from './outage';

function withCode(code: string): Error {
  return Object.assign(new Error('failed'), { code });
}

describe('isOutage', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED')],
    ['a server that shuts down', withCode('57P01')],
    ['a server that starts', withCode('57P03')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a pool without a connection', new Error('timeout exceeded when trying to connect')],
    ['either, wrapped by TypeORM', Object.assign(new Error(), { driverError: withCode('57P01') })],
  ])('is %s', (_, error) => {
    expect(isOutage(error)).toBe(true);
  });

  it.each([
    ['a broken constraint', withCode('23505')],
    ['a deadlock', withCode('40P01')],
    ['somebody else who takes too long', new Error('https://cdn.example/manifest.json: timeout')],
    ['an error without a code', new Error('Redis is away')],
  ])('is not %s', (_, error) => {
    expect(isOutage(error)).toBe(false);
  });
});
