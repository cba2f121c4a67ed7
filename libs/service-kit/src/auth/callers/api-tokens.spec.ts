import type { AccessTokenId, Introspection } from '@croupier/contracts';
import { drawApiToken } from './api-token';
import { ApiTokens } from './api-tokens';
import type { TokenIntrospection } from './token-introspection';

const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE_MS = 60_000;

function anna(livesMs = 60 * MINUTE_MS): Introspection {
  return {
    ...{ active: true, token_type: 'Bearer', jti: 'anna' as AccessTokenId, sub: 'anna', scope: 'viewer' },
    ...{ iat: START / 1_000, exp: (START + livesMs) / 1_000 },
    grants: [{ role: 'viewer', subject: '*', markets: null }],
  };
}

describe('API tokens', () => {
  const token = drawApiToken();
  const introspect = jest.fn<Promise<Introspection>, [string]>();
  let tokens: ApiTokens;
  beforeEach(() => {
    jest.useFakeTimers({ now: START });
    introspect.mockReset();
    tokens = new ApiTokens({ introspect } as unknown as TokenIntrospection);
  });
  afterEach(() => jest.useRealTimers());

  it('are asked about once for all who ask at the time, and again after seconds', async () => {
    introspect.mockResolvedValue(anna());
    await Promise.all([tokens.find(token), tokens.find(token)]);
    await expect(tokens.find(token)).resolves.toMatchObject({ kind: 'token', actor: 'anna' });
    expect(introspect).toHaveBeenCalledTimes(1);

    introspect.mockResolvedValue({ active: false });
    jest.setSystemTime(START + 3_000);
    await expect(tokens.find(token)).resolves.toBeNull();
    await expect(tokens.find(token)).resolves.toBeNull();
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  it('go on for minutes while nobody can be asked, when they were known', async () => {
    introspect.mockResolvedValueOnce(anna()).mockRejectedValue(new Error('away'));
    await tokens.find(token);
    jest.setSystemTime(START + 4 * MINUTE_MS);
    await expect(tokens.find(token)).resolves.toMatchObject({ actor: 'anna' });
    await expect(tokens.find(drawApiToken())).rejects.toMatchObject({
      description: { status: 503, slug: 'access-unavailable', retryAfterSeconds: 2 },
    });
    expect(introspect).toHaveBeenCalledTimes(2);
    jest.setSystemTime(START + 5 * MINUTE_MS);
    await expect(tokens.find(token)).rejects.toMatchObject({ description: { status: 503 } });
  });

  it('end when they expire, whatever is remembered', async () => {
    introspect.mockResolvedValueOnce(anna(MINUTE_MS)).mockRejectedValue(new Error('away'));
    await tokens.find(token);
    jest.setSystemTime(START + MINUTE_MS);
    await expect(tokens.find(token)).resolves.toBeNull();
  });
});
