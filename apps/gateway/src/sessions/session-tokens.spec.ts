import fc from 'fast-check';
import { pinOf, SessionTokens, type Session } from './session-tokens';

const SECRET = 'a secret that has at least 32 bytes';
const SESSION: Session = {
  player: 'ann',
  provider: 'acme',
  game: 'slots',
  version: '1.0.0-rc.1+build.5',
  market: 'US-NJ',
  bucket: 9_999,
  chosen: false,
};

describe('session tokens', () => {
  const tokens = new SessionTokens(SECRET, 60);

  it('read back what was issued, for any name of a player', () => {
    const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyName, fc.nat({ max: 9_999 }), fc.boolean(), (player, bucket, chosen) => {
        const session = { ...SESSION, player, bucket, chosen };
        expect(tokens.read(tokens.issue(session, pinOf(session)).token)).toMatchObject({
          kind: 'open',
          session,
        });
      }),
    );
  });

  it('may stand in an Authorization header as they are', () => {
    const { token } = tokens.issue({ ...SESSION, player: 'zażółć 🎰 "\u0000' }, pinOf(SESSION));
    // RFC 6750, 2.1
    expect(token).toMatch(/^[A-Za-z0-9._~+/-]+$/);
  });

  it('have room for the longest of everything', () => {
    const longest = {
      ...SESSION,
      player: '漢'.repeat(128),
      provider: 'p'.repeat(63),
      game: 'g'.repeat(63),
      version: `1.0.0-${'x'.repeat(94)}`,
      market: 'US-NJX',
    };
    expect(tokens.read(tokens.issue(longest, pinOf(longest)).token)).toMatchObject({
      kind: 'open',
      session: longest,
    });
  });

  it('are open on another gateway with the same secret, and on none with another', () => {
    const { token } = tokens.issue(SESSION, pinOf(SESSION));
    expect(new SessionTokens(SECRET, 5).read(token).kind).toBe('open');
    expect(new SessionTokens(`${SECRET}!`, 60).read(token).kind).toBe('invalid');
  });

  it('expire', () => {
    let nowMs = 1_000_000_500;
    const clocked = new SessionTokens(SECRET, 60, () => nowMs);
    const { token, expiresAt } = clocked.issue(SESSION, pinOf(SESSION));
    expect(expiresAt).toBe(new Date(1_000_060_000).toISOString());
    nowMs = 1_000_059_999;
    expect(clocked.read(token).kind).toBe('open');
    nowMs = 1_000_060_000;
    expect(clocked.read(token)).toEqual({ kind: 'expired' });
  });

  it('that go on with another version end when they would have', () => {
    const read = tokens.read(tokens.issue(SESSION, pinOf(SESSION)).token);
    if (read.kind !== 'open') throw new Error(read.kind);
    const moved = { ...SESSION, version: '1.1.0' };
    expect(tokens.read(tokens.renew(moved, read.expiresAtSeconds))).toEqual({ ...read, session: moved });
  });

  it.each(['', 'abc', 'c1~', 'c1~~', `c1~${'x'.repeat(5_000)}~x`])(
    'are invalid when they are %j',
    (token) => {
      expect(tokens.read(token)).toEqual({ kind: 'invalid' });
    },
  );

  it('are invalid with any character changed', () => {
    const { token } = tokens.issue(SESSION, pinOf(SESSION));
    fc.assert(
      fc.property(
        fc.nat({ max: token.length - 1 }),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, character) => {
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          fc.pre(changed !== token);
          expect(tokens.read(changed)).toEqual({ kind: 'invalid' });
        },
      ),
    );
  });
});
