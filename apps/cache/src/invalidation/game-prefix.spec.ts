import { gamePrefix } from './game-prefix';

describe('the prefix of a game', () => {
  it('covers every key of that game', () => {
    expect('game:acme/slots:launch:MT'.startsWith(gamePrefix('acme', 'slots'))).toBe(true);
  });

  it.each(['game:acme/slots-deluxe:launch', 'game:acme-labs/slots:launch', 'player:acme/slots:launch'])(
    'leaves %s alone',
    (key) => {
      expect(key.startsWith(gamePrefix('acme', 'slots'))).toBe(false);
    },
  );
});
