import { createSigner } from 'fast-jwt';
import { SessionTokens, type Session } from './session-tokens';

const SECRET = 'a secret that has at least 32 bytes';
const SESSION: Session = {
  player: 'ann',
  provider: 'acme',
  game: 'slots',
  version: '1.0.0-rc.1+build.5',
  market: 'US-NJ',
};

function claims(change: Record<string, unknown> = {}): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000);
  const whole = {
    sub: 'ann',
    prv: 'acme',
    gam: 'slots',
    ver: '1.0.0',
    mkt: 'MT',
    sid: 'x',
    iat,
    exp: iat + 60,
  };
  return { ...whole, ...change };
}

describe('session tokens', () => {
  const tokens = new SessionTokens(SECRET, 60);

  it('read back what was issued, the first time and from the cache', () => {
    const { token } = tokens.issue(SESSION);
    expect(tokens.read(token)).toEqual({ kind: 'open', session: SESSION });
    expect(tokens.read(token)).toEqual({ kind: 'open', session: SESSION });
  });

  it('keep any player name whole', () => {
    const session = { ...SESSION, player: 'zażółć 🎰 "\u0000' };
    expect(tokens.read(tokens.issue(session).token)).toEqual({ kind: 'open', session });
  });

  it('are open on another gateway with the same secret, and on none with another', () => {
    const { token } = tokens.issue(SESSION);
    expect(new SessionTokens(SECRET, 5).read(token).kind).toBe('open');
    expect(new SessionTokens(`${SECRET}!`, 60).read(token).kind).toBe('invalid');
  });

  it('expire, also when they were read before', () => {
    jest.useFakeTimers({ now: Date.now() });
    try {
      const { token, expiresAt } = tokens.issue(SESSION);
      expect(tokens.read(token).kind).toBe('open');
      jest.setSystemTime(expiresAt.getTime() + 1_000);
      expect(tokens.read(token)).toEqual({ kind: 'expired' });
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['nothing', ''],
    ['no JWT', 'abc'],
    ['a token without a signature', createSigner({ algorithm: 'none' })(claims())],
    ['another algorithm', createSigner({ key: SECRET, algorithm: 'HS512' })(claims())],
    ['a missing claim', createSigner({ key: SECRET, algorithm: 'HS256' })(claims({ ver: undefined }))],
  ])('are invalid when they are %s', (_what, token) => {
    expect(tokens.read(token)).toEqual({ kind: 'invalid' });
  });

  it('are invalid with any part changed', () => {
    const { token } = tokens.issue(SESSION);
    const [header = '', , signature = ''] = token.split('.');
    const payload = Buffer.from(JSON.stringify(claims({ ver: '9.9.9' }))).toString('base64url');
    expect(tokens.read([header, payload, signature].join('.'))).toEqual({ kind: 'invalid' });
  });
});
