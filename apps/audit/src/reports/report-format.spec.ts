import { acceptedFormat } from './report-format';

describe('the format of a report', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/csv', 'csv'],
    ['Application/PDF', 'pdf'],
    ['application/json;q=0.5, text/csv;q=0.8', 'csv'],
    ['text/*, application/pdf;q=0.9', 'csv'],
    ['*/*, application/json;q=0', 'csv'],
  ])('is for Accept: %s %s', (accept, format) => {
    expect(acceptedFormat(accept)).toBe(format);
  });

  it.each(['image/png', 'application/json;q=0', 'text/csv;q=much'])('is none for Accept: %s', (accept) => {
    expect(() => acceptedFormat(accept)).toThrow('Accept allows none of them');
  });
});
