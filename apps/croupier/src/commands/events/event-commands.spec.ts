import type { Redelivery, StoredWebhook } from '@croupier/contracts';
import { commandsAgainst } from '../../../test/command-run';
import { listEvents, replayEvents, showEvent } from './event-commands';

const AT = '2026-03-01T12:00:00.000Z';
const state = '/nowhere';
const limit = '1000';
const reason = 'the registry was away';

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function webhook(number: number): StoredWebhook {
  const sent = { provider: 'acme', webhookId: `msg_${number}`, type: 'game.added' };
  return { id: idOf(number), ...sent, receivedAt: AT, sizeBytes: 412 };
}

describe('croupier events', () => {
  const run = commandsAgainst('AGGREGATOR_URL');

  /** Keeps these webhooks, the latest first, two a page, and refuses to publish the second one again. */
  function keep(...kept: readonly StoredWebhook[]): void {
    run.api.answer = ({ method, url }) => {
      const { pathname, searchParams } = new URL(url, run.api.url);
      if (method === 'POST') return redelivered(pathname.split('/')[3] ?? '');
      if (pathname !== '/v1/webhooks') return undefined;
      const from = Number(searchParams.get('after') ?? 0);
      const page = kept.slice(from, from + 2);
      return { body: { webhooks: page, next: from + 2 < kept.length ? String(from + 2) : null } };
    };
  }

  function redelivered(id: string): { readonly status?: number; readonly body: unknown } {
    if (id === idOf(2)) return { status: 409, body: { title: 'Its provider is gone', status: 409 } };
    const body: Redelivery = { id, events: [{ id, type: 'game.version.announced' }] };
    return { body };
  }

  it('lists what fits, the latest first, page after page', async () => {
    keep(webhook(3), webhook(2), webhook(1));
    await listEvents({ state, limit, provider: 'acme', since: '2026-03-01T00:00:00Z', contains: 'slots' });
    expect(run.printed).toHaveLength(4);
    expect(run.printed[1]).toMatch(
      new RegExp(`^${idOf(3)} +2026-03-01T12:00:00 +acme +game.added +412 +msg_3$`),
    );
    const [first, second] = run.api.asked.map(({ url }) => new URL(url, run.api.url).searchParams);
    expect(Object.fromEntries(first ?? [])).toEqual({
      ...{ provider: 'acme', contains: 'slots', since: '2026-03-01T00:00:00.000Z', limit: '200' },
    });
    expect(second?.get('after')).toBe('2');
  });

  it('asks for no more than it is to show', async () => {
    keep(webhook(3), webhook(2), webhook(1));
    await listEvents({ state, limit: '2', json: true });
    expect(run.api.asked).toHaveLength(1);
    expect(JSON.parse(run.printed[0] ?? '')).toEqual({ webhooks: [webhook(3), webhook(2)] });
  });

  it('says so when there are none', async () => {
    keep();
    await listEvents({ state, limit });
    expect(run.printed).toEqual(['No webhooks.']);
  });

  it('shows one as it was sent', async () => {
    run.api.answer = () => ({
      body: { ...webhook(1), body: '{"type":"game.added"}', sha256: 'a'.repeat(64) },
    });
    await showEvent(idOf(1), { state });
    expect(run.printed).toEqual([`${idOf(1)}  ${AT}  acme  game.added  msg_1`, '{"type":"game.added"}']);
  });

  it('replays what fits, the oldest first, and ends 1 when any of it could not be', async () => {
    keep(webhook(3), webhook(2), webhook(1));
    await replayEvents([], { state, limit, reason, provider: 'acme', asNew: true });
    const posts = run.api.asked.filter(({ method }) => method === 'POST');
    expect(posts.map(({ url }) => url.split('/')[3])).toEqual([idOf(1), idOf(2), idOf(3)]);
    expect(posts[0]?.body).toEqual({ reason, asNew: true });
    expect(process.exitCode).toBe(1);
    expect(run.printed).toEqual([
      `${idOf(1)}  game.version.announced`,
      expect.stringMatching(new RegExp(`^${idOf(2)} .*Its provider is gone`)),
      `${idOf(3)}  game.version.announced`,
      '2 of 3 replayed.',
    ]);
  });

  it('replays those that are named, and tells programs what became of each', async () => {
    keep();
    await replayEvents([idOf(1)], { state, limit, reason, json: true });
    expect(process.exitCode).toBe(0);
    expect(JSON.parse(run.printed[0] ?? '')).toMatchObject({ outcomes: [{ id: idOf(1), ok: true }] });
    expect(run.api.asked.map(({ method }) => method)).toEqual(['POST']);
  });

  it('says which it would replay, and does nothing', async () => {
    keep(webhook(2), webhook(1));
    await replayEvents([], { state, limit, reason, type: 'game.added', dryRun: true });
    await replayEvents([idOf(7)], { state, limit, reason, dryRun: true });
    expect(run.api.asked.every(({ method }) => method === 'GET')).toBe(true);
    expect(run.printed[1]).toContain(idOf(1));
    expect(run.printed.at(-1)).toBe(idOf(7));
  });

  it.each([
    ['nothing', [], {}],
    ['both names and a search', [idOf(1)], { provider: 'acme' }],
  ])('refuses to replay %s', async (_, ids, search) => {
    await expect(replayEvents(ids, { state, limit, reason, ...search })).rejects.toThrow('--provider');
    expect(run.api.asked).toEqual([]);
  });

  it('refuses a time that is none', async () => {
    await expect(listEvents({ state, limit, since: 'yesterday' })).rejects.toThrow('15m');
  });
});
