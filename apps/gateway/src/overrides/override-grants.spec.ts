import { pinOf, SessionTokens } from '../sessions/session-tokens';
import { OverrideGrants } from './override-grants';

const SECRET = 'a secret that has at least 32 bytes';
const OVERRIDE = { provider: 'acme', game: 'slots', version: '1.1.0-rc.1+build.5' };

describe('grants to choose a version', () => {
  const grants = new OverrideGrants(SECRET);

  it('are valid on every gateway with the secret, and on no other', () => {
    const { grant } = grants.issue(OVERRIDE, 60);
    expect(new OverrideGrants(SECRET).read(grant)).toEqual({ kind: 'valid', override: OVERRIDE });
    expect(new OverrideGrants(`${SECRET}!`).read(grant)).toEqual({ kind: 'invalid' });
  });

  it('expire', () => {
    let nowMs = 5_000_000;
    const clocked = new OverrideGrants(SECRET, () => nowMs);
    const { grant, expiresAt } = clocked.issue(OVERRIDE, 60);
    nowMs = expiresAt.getTime();
    expect(clocked.read(grant)).toEqual({ kind: 'expired' });
  });

  it('cannot be made of another, nor of a session token', () => {
    const { grant } = grants.issue(OVERRIDE, 60);
    const player = { player: 'ann', market: 'MT', bucket: 0, chosen: false };
    const { token } = new SessionTokens(SECRET, 60).issue(player, pinOf(OVERRIDE));
    for (const forged of [
      '',
      'o1~~',
      grant.replace('slots', 'poker'),
      `${grant}x`,
      token,
      token.replace('c1', 'o1'),
    ])
      expect(grants.read(forged)).toEqual({ kind: 'invalid' });
  });
});
