import { actorOf } from './actor';

describe('who acts', () => {
  it('is whom the header names', () => {
    expect(actorOf('anna@casino.example')).toBe('anna@casino.example');
  });

  it('is the operator when nobody is named', () => {
    expect(actorOf(undefined)).toBe('operator');
  });

  it.each([[''], ['anna smith'], ['-anna'], ['a'.repeat(101)], [['anna', 'bert']]])('is not %j', (header) => {
    expect(() => actorOf(header)).toThrow('x-croupier-actor');
  });
});
