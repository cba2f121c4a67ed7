import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPaymentServer } from './server';

describe('the payment module', () => {
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
    server = createPaymentServer({ version: '1.0.0' });
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

  it('reserves, takes once, and gives nothing back that it has taken', async () => {
    const order = { player: 'ann', amount: 1_000, idempotencyKey: 'a' };
    const { body } = await post('/authorizations', order);
    expect((await post('/authorizations', order)).body).toEqual(body);
    expect((await post('/captures', { authorization: body['id'] })).body).toMatchObject({
      state: 'captured',
    });
    expect((await post('/captures', { authorization: body['id'] })).body).toMatchObject({
      state: 'captured',
    });
    expect(await post('/voids', { authorization: body['id'] })).toMatchObject({ status: 409 });
    expect((await get(`/authorizations/${String(body['id'])}`)).body).toMatchObject({ state: 'captured' });
  });

  it('refuses a key that comes again with another amount', async () => {
    await post('/authorizations', { player: 'bob', amount: 1_000, idempotencyKey: 'a' });
    expect(
      await post('/authorizations', { player: 'bob', amount: 2_000, idempotencyKey: 'a' }),
    ).toMatchObject({
      status: 422,
    });
  });

  it.each([
    ['malformed JSON', '{', 400],
    ['a missing player', {}, 422],
    ['a body over the limit', 'x'.repeat(100_000), 413],
  ])('refuses %s', async (_, body, status) => {
    expect(await post('/authorizations', body)).toMatchObject({ status, body: { status } });
  });

  it('knows nothing else', async () => {
    expect(await get('/jackpot')).toMatchObject({ status: 404 });
  });
});
