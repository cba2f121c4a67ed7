import { isTransient, reasonOf } from './transient-errors';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe('connecting again', () => {
  it.each(['ECONNREFUSED', 'EAI_AGAIN', '57P03', '53300', '08006'])('may help after %s', (code) => {
    expect(isTransient(withCode(code))).toBe(true);
  });

  it.each(['28P01', '3D000', '42501', 'ERR_INVALID_URL'])('does not help after %s', (code) => {
    expect(isTransient(withCode(code))).toBe(false);
  });

  it('may help when one of the addresses of a name refused', () => {
    const refused = new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]);
    expect(isTransient(refused)).toBe(true);
    expect(reasonOf(refused)).toBe('ECONNREFUSED; ECONNREFUSED');
  });

  it('may help after a timeout of the driver, which has no code', () => {
    expect(isTransient(new Error('Connection terminated due to connection timeout'))).toBe(true);
    expect(isTransient(new Error('password must be a string'))).toBe(false);
  });
});
