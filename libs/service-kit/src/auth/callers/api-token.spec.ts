import { drawApiToken, isApiToken } from './api-token';

describe('an API token', () => {
  it('is known by its form and its checksum', () => {
    const tokens = Array.from({ length: 50 }, drawApiToken);
    expect(tokens.every((token) => /^crp_[0-9A-Za-z]{49}$/.test(token) && isApiToken(token))).toBe(true);
    expect(new Set(tokens).size).toBe(50);
  });

  it('is none with one character changed, cut off, or another prefix', () => {
    const token = drawApiToken();
    const other = token[10] === 'a' ? 'b' : 'a';
    expect(isApiToken(token.slice(0, 10) + other + token.slice(11))).toBe(false);
    expect(isApiToken(token.slice(0, -1))).toBe(false);
    expect(isApiToken(token.replace('crp_', 'ghp_'))).toBe(false);
    expect(isApiToken(`${token}\n`)).toBe(false);
  });
});
