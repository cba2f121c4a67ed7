import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAntiFraudServer } from './server';

describe('the anti-fraud module', () => {
  let server: Server;
  let url: string;

  const call = async (
    path: string,
    init: RequestInit,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(url + path, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const get = (path: string) => call(path, {});
  const post = (path: string, body: unknown) =>
    call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

  beforeAll(async () => {
    server = createAntiFraudServer({ version: '1.0.0' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('tells its health and version', async () => {
    expect((await get('/health')).body).toEqual({ status: 'ok', version: '1.0.0' });
  });

  it('has a person look at large deposits, and at many', async () => {
    expect((await post('/scores', { player: 'ann', amount: 1_000 })).body).toMatchObject({
      verdict: 'allow',
    });
    expect((await post('/scores', { player: 'bob', amount: 5_000_000 })).body).toMatchObject({
      verdict: 'review',
    });
    for (let times = 1; times < 5; times += 1)
      expect((await post('/scores', { player: 'eve', amount: 1 })).body).toMatchObject({ score: 0 });
    expect((await post('/scores', { player: 'eve', amount: 1 })).body).toMatchObject({
      verdict: 'review',
      reasons: ['5 deposits within a minute'],
    });
  });

  it.each([
    ['malformed JSON', '{', 400],
    ['a missing player', {}, 422],
    ['a body over the limit', 'x'.repeat(100_000), 413],
  ])('refuses %s', async (_, body, status) => {
    expect(await post('/scores', body)).toMatchObject({ status, body: { status } });
  });

  it('knows nothing else', async () => {
    expect(await get('/jackpot')).toMatchObject({ status: 404 });
  });
});
