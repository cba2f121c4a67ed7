import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKycServer } from './server';

describe('the kyc module', () => {
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
    server = createKycServer({ version: '1.0.0' });
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

  it('verifies adults, refuses children, and stays with its answer', async () => {
    const bob = { player: 'bob', bornOn: '2020-01-31', document: 'passport' };
    expect((await post('/checks', { ...bob, player: 'ann', bornOn: '1990-01-31' })).body).toMatchObject({
      level: 'verified',
    });
    expect((await post('/checks', bob)).body).toMatchObject({ level: 'refused' });
    expect((await post('/checks', { ...bob, bornOn: '1990-01-31' })).body).toMatchObject({
      level: 'refused',
    });
    expect((await get('/checks/bob')).body).toMatchObject({ level: 'refused' });
    expect(await get('/checks/eve')).toMatchObject({ status: 404 });
  });

  it('refuses what is no date', async () => {
    expect(await post('/checks', { player: 'eve', bornOn: 'yesterday', document: 'passport' })).toMatchObject(
      {
        status: 422,
      },
    );
  });

  it.each([
    ['malformed JSON', '{', 400],
    ['a missing player', {}, 422],
    ['a body over the limit', 'x'.repeat(100_000), 413],
  ])('refuses %s', async (_, body, status) => {
    expect(await post('/checks', body)).toMatchObject({ status, body: { status } });
  });

  it('knows nothing else', async () => {
    expect(await get('/jackpot')).toMatchObject({ status: 404 });
  });
});
