import { headersToBrowser, headersToService } from './forwarded-headers';

describe('what passes through the console', () => {
  it('is the token and what APIs read, and no cookie', () => {
    expect(
      headersToService({ authorization: 'Bearer t', cookie: 'session=1', 'if-match': '"3"', origin: 'x' }),
    ).toEqual({ authorization: 'Bearer t', 'if-match': '"3"' });
  });

  it('is kept by no browser unless the API allows it, and sets no cookie', () => {
    expect(headersToBrowser({ 'set-cookie': ['a=1'], 'content-type': 'application/json' })).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    });
    expect(headersToBrowser({ 'cache-control': 'max-age=60' })).toMatchObject({
      'cache-control': 'max-age=60',
    });
  });
});
