import { grantOf } from './grant';

describe('a grant on the command line', () => {
  it.each([
    ['viewer', { role: 'viewer', subject: '*', markets: null }],
    ['releaser:acme/*', { role: 'releaser', subject: 'acme/*', markets: null }],
    ['operator:acme/slots:MT,SE', { role: 'operator', subject: 'acme/slots', markets: ['MT', 'SE'] }],
  ])('%s', (text, grant) => expect(grantOf(text)).toEqual(grant));

  it.each(['king', 'viewer:acme', 'viewer:*:mt', 'viewer:*:MT:x'])('%s is none', (text) =>
    expect(() => grantOf(text)).toThrow('is no grant'),
  );
});
