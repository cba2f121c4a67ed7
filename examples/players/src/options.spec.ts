import { parseOptions } from './options';

describe('the options', () => {
  const needed = ['--gateway', 'http://127.0.0.1:4000/', '--provider', 'acme', '--game', 'slots'];

  it('have defaults for all but the gateway, the provider and the game', () => {
    expect(parseOptions(needed, {})).toEqual({
      gateway: 'http://127.0.0.1:4000',
      provider: 'acme',
      game: 'slots',
      players: 2000,
      rate: 500,
      markets: ['MT'],
      thinkMs: 500,
      maxInFlight: 500,
      run: expect.stringMatching(/^[0-9a-f]{6}$/),
    });
  });

  it('are taken from the environment unless an argument says otherwise', () => {
    const environment = { GATEWAY_URL: 'http://gateway', PROVIDER: 'acme', GAME: 'slots', RATE: '7' };
    expect(parseOptions([], environment)).toMatchObject({ gateway: 'http://gateway', rate: 7 });
    expect(parseOptions(['--rate', '8', '--markets', 'MT,GB'], environment)).toMatchObject({
      rate: 8,
      markets: ['MT', 'GB'],
    });
  });

  it.each([
    [[], '--gateway is missing'],
    [[...needed, '--rate', 'fast'], '--rate must be'],
    [[...needed, '--players', '0'], '--players must be'],
    [[...needed, '--markets', 'MT,,GB'], '--markets must be'],
  ])('name the one at fault: %j', (args, message) => {
    expect(() => parseOptions(args, {})).toThrow(message);
  });
});
