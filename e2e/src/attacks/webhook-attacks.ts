import { randomUUID } from 'node:crypto';
import type { WebhookPage } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import { GAME, type Stage } from './stage';

interface Sent {
  readonly id: string;
  readonly body: string;
  readonly secret: string;
  readonly sentAt?: Date;
}

/** What a provider sends, and what becomes of it on the way. */
export function signedWebhook(on: Stage, { id, body, secret, sentAt = new Date() }: Sent): request.Test {
  return request(on.platform.urls.aggregator)
    .post('/v1/webhooks/acme')
    .set({
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
    })
    .send(body);
}

export function disabling(game: string): string {
  const data = { game, reason: 'a rehearsal', markets: ['SE'] };
  return JSON.stringify({ type: 'game.disabled', timestamp: new Date().toISOString(), data });
}

export function webhookAttacks(on: () => Stage, secretOf: (provider: string) => string): void {
  describe('a webhook', () => {
    const secret = () => secretOf('acme');
    const newId = () => `msg_${randomUUID()}`;
    const stored = async (id: string): Promise<number> => {
      const { body } = await on().call('aggregator', 'get', `/v1/webhooks?provider=acme&webhookId=${id}`);
      return (body as WebhookPage).webhooks.length;
    };
    const refused = async (call: request.Test, id: string, ...statuses: number[]): Promise<void> => {
      const { status, headers } = await call;
      expect(statuses).toContain(status);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(await stored(id)).toBe(0);
    };

    it('that is forged (signed with a secret of one’s own) is refused', async () => {
      const id = newId();
      const own = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
      await refused(signedWebhook(on(), { id, body: disabling('forged'), secret: own }), id, 401);
    });

    it('that is signed with the secret of another provider is refused', async () => {
      const id = newId();
      await refused(
        signedWebhook(on(), { id, body: disabling('other'), secret: secretOf('rival') }),
        id,
        401,
      );
    });

    it.each(['', 'v1,', 'v1,AAAA', 'v0,AAAA', 'v1a,AAAA', 'garbage'])(
      'with the signature %j is refused',
      async (signature) => {
        const id = newId();
        const call = signedWebhook(on(), { id, body: disabling('bad'), secret: secret() });
        await refused(call.set('webhook-signature', signature), id, 400, 401);
      },
    );

    it('whose body was changed after signing is refused', async () => {
      const id = newId();
      const call = signedWebhook(on(), { id, body: disabling('signed'), secret: secret() });
      await refused(call.send(disabling('changed')), id, 401);
    });

    it('whose id or time was changed after signing is refused', async () => {
      const [id, other] = [newId(), newId()];
      const sent = { id, body: disabling('signed'), secret: secret() };
      await refused(signedWebhook(on(), sent).set('webhook-id', other), other, 401);
      const later = String(Math.floor(Date.now() / 1000) + 1);
      await refused(signedWebhook(on(), sent).set('webhook-timestamp', later), id, 401);
    });

    it.each([
      ['was caught and is sent again after the tolerance', -301_000],
      ['comes from the future', 301_000],
    ])('that %s is refused', async (_attack, offsetMs) => {
      const id = newId();
      const sentAt = new Date(Date.now() + offsetMs);
      await refused(
        signedWebhook(on(), { id, body: disabling('old'), secret: secret(), sentAt }),
        id,
        400,
        401,
      );
    });

    it('that is replayed within the tolerance has one effect', async () => {
      const game = `replayed-${randomUUID().slice(0, 8)}`;
      const sent = { id: newId(), body: disabling(game), secret: secret() };
      const answers = await Promise.all([1, 2, 3, 4].map(() => signedWebhook(on(), sent)));
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
      expect(answers.filter(({ body }) => body.duplicate === false)).toHaveLength(1);
      expect(new Set(answers.map(({ body }) => body.eventId as string)).size).toBe(1);
      const recorded = async () =>
        (await on().call('audit', 'get', `/v1/audit?action=game.disabled&objectId=acme/${game}`)).body
          .items as [];
      await eventually(async () => (await recorded()).length > 0, { timeoutMs: 20_000 });
      expect(await recorded()).toHaveLength(1);
    });

    it('under the id of another one is refused', async () => {
      const id = newId();
      await signedWebhook(on(), { id, body: disabling(GAME), secret: secret() }).expect(202);
      await signedWebhook(on(), { id, body: disabling('another'), secret: secret() }).expect(422);
    });

    it('of an unknown provider is refused as one that is badly signed', async () => {
      const call = request(on().platform.urls.aggregator).post('/v1/webhooks/nobody-of-us');
      const { status } = await call.set('content-type', 'application/json').send(disabling(GAME));
      expect([401, 404]).toContain(status);
    });
  });
}
