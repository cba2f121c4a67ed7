import { toGame, toPlayer } from './forwarded-headers';

const SESSION = {
  player: 'ann',
  provider: 'acme',
  game: 'slots',
  version: '1.0.0',
  market: 'MT',
  bucket: 7,
  chosen: false,
};
const PINNED = { session: SESSION, freshToken: null };
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('headers to the game', () => {
  it('say who plays what, whatever the player claims', () => {
    const claimed = { 'x-croupier-player': 'bob', 'x-croupier-version': '9.9.9', 'x-croupier-market': 'SE' };
    expect(toGame(claimed, 'POST', SESSION)).toEqual({
      'x-croupier-player': 'ann',
      'x-croupier-version': '1.0.0',
      'x-croupier-market': 'MT',
    });
  });

  it('keep the trace and what else the player sent', () => {
    const sent = {
      traceparent: TRACEPARENT,
      'content-type': 'application/json',
      cookie: 'a=b',
      accept: '*/*',
    };
    expect(toGame(sent, 'POST', SESSION)).toMatchObject(sent);
  });

  it('do not hold the session token', () => {
    expect(toGame({ authorization: 'Bearer token' }, 'GET', SESSION)).not.toHaveProperty('authorization');
    const both = toGame({ authorization: 'Basic game', 'x-croupier-session': 'token' }, 'GET', SESSION);
    expect(both).toMatchObject({ authorization: 'Basic game' });
    expect(both).not.toHaveProperty('x-croupier-session');
  });

  it('do not hold what belongs to one connection', () => {
    const sent = { connection: 'close', 'keep-alive': 'timeout=5', upgrade: 'h2c', expect: '100-continue' };
    expect(Object.keys(toGame(sent, 'POST', SESSION)).sort()).toEqual([
      'x-croupier-market',
      'x-croupier-player',
      'x-croupier-version',
    ]);
  });

  it.each([
    ['ann', 'ann'],
    ['ann@example.com/1', 'ann@example.com/1'],
    ['zoë 🎰', 'zo%C3%AB%20%F0%9F%8E%B0'],
    ['100%', '100%25'],
    ['a\r\nx-evil: 1', 'a%0D%0Ax-evil:%201'],
  ])('write the player %j as %s', (player, written) => {
    const header = toGame({}, 'GET', { ...SESSION, player })['x-croupier-player'];
    expect(header).toBe(written);
    expect(decodeURIComponent(String(header))).toBe(player);
  });
});

describe('headers to the player', () => {
  it('are those of the game, and the version', () => {
    expect(toPlayer({ etag: '"1"', 'set-cookie': ['a=b', 'c=d'] }, PINNED)).toEqual({
      etag: '"1"',
      'set-cookie': ['a=b', 'c=d'],
      'x-croupier-version': '1.0.0',
    });
  });

  it('leave out what only the gateway may say and what belongs to one connection', () => {
    const sent = { 'x-croupier-fault': 'gateway', 'x-croupier-version': '9.9.9', connection: 'close' };
    expect(toPlayer(sent, PINNED)).toEqual({ 'x-croupier-version': '1.0.0' });
  });

  it('bring another token only when the session goes on with another version', () => {
    const sent = { 'x-croupier-session': 'the game has no say in this' };
    expect(toPlayer(sent, PINNED)).not.toHaveProperty('x-croupier-session');
    expect(toPlayer(sent, { session: SESSION, freshToken: 'fresh' })).toHaveProperty(
      'x-croupier-session',
      'fresh',
    );
  });
});
