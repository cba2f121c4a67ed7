import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createSlotsServer,
  drawMultiplier,
  parseRelease,
  PAYTABLE,
  type Release,
  seededRandom,
} from './server';

const GOOD: Release = { version: '1.0.0', errorRate: 0, slowRate: 0, slowMs: 0, faultsAfterRequests: 0 };
const ALWAYS_LOSES = () => 0.9999;

describe('the slots server', () => {
  let server: Server;
  let url: string;

  async function start(release: Release, reels = ALWAYS_LOSES, faults = seededRandom(1)): Promise<void> {
    server = createSlotsServer(release, { reels, faults });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function post(
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function balanceOf(player: string): Promise<unknown> {
    return (await fetch(`${url}/balance?player=${player}`)).json();
  }

  it('tells its health and version', async () => {
    await start(GOOD);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', version: '1.0.0' });
  });

  it('keeps the balance through deposit, losing spin and withdrawal', async () => {
    await start(GOOD);
    expect((await post('/deposit', { player: 'ann', amount: 1000, idempotencyKey: 'a' })).body.balance).toBe(
      1000,
    );
    const spin = await post('/spin', { player: 'ann', stake: 100, idempotencyKey: 'b' });
    expect(spin.body).toEqual({ win: 0, balance: 900, roundId: expect.any(String) });
    expect(
      (await post('/withdrawal', { player: 'ann', amount: 900, idempotencyKey: 'c' })).body.balance,
    ).toBe(0);
    expect(await balanceOf('ann')).toEqual({ player: 'ann', balance: 0 });
  });

  it('pays the multiplier of the stake on a win', async () => {
    await start(GOOD, () => 0);
    await post('/deposit', { player: 'ann', amount: 100, idempotencyKey: 'a' });
    const spin = await post('/spin', { player: 'ann', stake: 100, idempotencyKey: 'b' });
    expect(spin.body).toMatchObject({ win: 5000, balance: 5000 });
  });

  it('gives the first answer again for a repeated idempotency key, and moves no money', async () => {
    await start(GOOD, seededRandom(7));
    await post('/deposit', { player: 'ann', amount: 1000, idempotencyKey: 'a' });
    const spin = { player: 'ann', stake: 100, idempotencyKey: 'b' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/spin', spin)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await balanceOf('ann')).toEqual({ player: 'ann', balance: answers[0]?.body.balance });
  });

  it('keeps idempotency keys of two players apart', async () => {
    await start(GOOD);
    await post('/deposit', { player: 'ann', amount: 10, idempotencyKey: 'a' });
    await post('/deposit', { player: 'bob', amount: 20, idempotencyKey: 'a' });
    expect(await balanceOf('bob')).toEqual({ player: 'bob', balance: 20 });
  });

  it('refuses an idempotency key that comes again with another request', async () => {
    await start(GOOD);
    await post('/deposit', { player: 'ann', amount: 10, idempotencyKey: 'a' });
    const again = await post('/deposit', { player: 'ann', amount: 11, idempotencyKey: 'a' });
    expect(again).toMatchObject({ status: 422, body: { title: 'Idempotency key reused' } });
  });

  it('refuses to spend more than the balance, and lets the same key succeed later', async () => {
    await start(GOOD);
    const withdrawal = { player: 'ann', amount: 10, idempotencyKey: 'w' };
    expect(await post('/withdrawal', withdrawal)).toMatchObject({
      status: 422,
      body: { title: 'Insufficient funds' },
    });
    await post('/deposit', { player: 'ann', amount: 10, idempotencyKey: 'd' });
    expect(await post('/withdrawal', withdrawal)).toMatchObject({ status: 200, body: { balance: 0 } });
  });

  it.each([
    ['malformed JSON', '/deposit', '{', 400],
    ['a body that is no object', '/deposit', '[]', 400],
    ['a missing player', '/deposit', { amount: 1, idempotencyKey: 'a' }, 422],
    ['a fraction of a cent', '/deposit', { player: 'ann', amount: 0.5, idempotencyKey: 'a' }, 422],
    ['a negative stake', '/spin', { player: 'ann', stake: -1, idempotencyKey: 'a' }, 422],
    ['a missing idempotency key', '/spin', { player: 'ann', stake: 1 }, 422],
    ['a body over the limit', '/spin', 'x'.repeat(100_000), 413],
    ['an unknown path', '/jackpot', {}, 404],
    ['a wrong method', '/balance', {}, 405],
  ])('refuses %s', async (_name, path, body, status) => {
    await start(GOOD);
    const refusal = await post(path, body);
    expect(refusal.status).toBe(status);
    expect(refusal.body).toEqual({ title: expect.any(String), status, detail: expect.any(String) });
  });

  it('fails only after the given number of requests, and never its health check', async () => {
    await start({ ...GOOD, errorRate: 1, faultsAfterRequests: 2 });
    const statuses: number[] = [];
    for (const key of ['a', 'b', 'c', 'd']) {
      statuses.push((await post('/deposit', { player: 'ann', amount: 10, idempotencyKey: key })).status);
      expect((await fetch(`${url}/health`)).status).toBe(200);
    }
    expect(statuses).toEqual([200, 200, 500, 500]);
  });

  it('answers what is in flight before it closes, and keeps no connection open', async () => {
    await start({ ...GOOD, slowRate: 1, slowMs: 50 });
    const arrived = new Promise((resolve) => server.once('request', resolve));
    const answer = fetch(`${url}/balance?player=ann`);
    await arrived;
    const closed = new Promise((resolve) => server.close(resolve));
    expect((await answer).headers.get('connection')).toBe('close');
    expect(await closed).toBeUndefined();
  });

  it('fails about the share of requests that its release asks for, and moves no money when it fails', async () => {
    await start({ ...GOOD, errorRate: 0.2 });
    let deposited = 0;
    for (let index = 0; index < 500; index++) {
      const answer = await post('/deposit', { player: 'ann', amount: 1, idempotencyKey: `k${index}` });
      if (answer.status === 200) deposited = Number(answer.body.balance);
    }
    expect(deposited).toBeGreaterThan(350);
    expect(deposited).toBeLessThan(450);
  });
});

describe('the paytable', () => {
  it('returns 96 % to the player over all 10,000 outcomes', () => {
    expect(PAYTABLE.reduce((sum, { weight }) => sum + weight, 0)).toBe(10_000);
    let paid = 0;
    for (let outcome = 0; outcome < 10_000; outcome++) paid += drawMultiplier(() => outcome / 10_000);
    expect(paid).toBe(9_600);
  });

  it('draws the same wins for the same seed', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 50 }, () => drawMultiplier(random));
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });
});

describe('release.json', () => {
  it('means a release without faults when it names a version only', () => {
    expect(parseRelease('{"version":"1.0.0"}')).toEqual(GOOD);
  });

  it('is refused when a rate is no share', () => {
    expect(() => parseRelease('{"version":"1.0.0","errorRate":3}')).toThrow('errorRate');
  });
});
