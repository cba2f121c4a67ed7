import type { AuditRecord, ReleaseView } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import request from 'supertest';
import { GAME, type Stage } from './stage';

const PATIENCE = { timeoutMs: 50_000 };

export function approvalAttacks(on: () => Stage, secretOf: (provider: string) => string): void {
  describe('an approval', () => {
    let ordered: ReleaseView;
    let author: string;
    let approver: string;

    const command = (name: string, token: string, body: object = {}) =>
      on()
        .call('deployer', 'post', `/v1/releases/${ordered.id}/${name}`, token)
        .send({ reason: 'the test asks', ...body });

    async function ship(version: string): Promise<void> {
      await on().publish(version);
      await request(on().providerUrl).post('/announce').send({ game: GAME, version }).expect(200);
    }

    /** A major change that anna orders, since policy skips prereleases. */
    beforeAll(async () => {
      await request(on().providerUrl)
        .post('/configure')
        .send({ aggregatorUrl: on().platform.urls.aggregator, provider: 'acme', secret: secretOf('acme') })
        .expect(200);
      await ship('1.0.0');
      await eventually(async () => {
        const { body } = await on().call('deployer', 'get', `/v1/releases?provider=acme&game=${GAME}`);
        return (body.releases as ReleaseView[]).some(({ status }) => status === 'promoted');
      }, PATIENCE);
      await ship('2.0.0-rc.1');
      const tokens = await Promise.all([
        on().tokenFor('anna', { role: 'releaser', subject: 'acme/*' }),
        on().tokenFor('ben', { role: 'approver', subject: `acme/${GAME}` }),
      ]);
      [author, approver] = tokens.map(({ token }) => token) as [string, string];
      const order = { provider: 'acme', game: GAME, version: '2.0.0-rc.1', reason: 'the test asks' };
      ordered = await eventually(async () => {
        const { status, body } = await on().call('deployer', 'post', '/v1/releases', author).send(order);
        return status === 201 && (body as ReleaseView);
      }, PATIENCE);
      await eventually(async () => {
        const { body } = await on().call('deployer', 'get', `/v1/releases/${ordered.id}`);
        return (body as ReleaseView).status === 'awaiting-approval';
      }, PATIENCE);
    }, 110_000);

    it('by the author is refused: as a releaser, and through a second token of the same person', async () => {
      await command('approve', author).expect(403);
      for (const holder of ['anna', 'Anna', 'ANNA']) {
        const { token } = await on().tokenFor(holder, { role: 'approver' });
        const { body } = await command('approve', token).expect(409);
        expect(body.detail).toContain('has ordered it');
      }
    });

    it('by the author under another name is refused: a header counts for nothing beside a token', async () => {
      const { token } = await on().tokenFor('anna', { role: 'approver' });
      const { body } = await command('approve', token).set('x-croupier-actor', 'ben').expect(409);
      expect(body.detail).toContain('anna has ordered it');
    });

    it('of another digest than the one approved is refused', async () => {
      const { body } = await command('approve', approver, { digest: 'e'.repeat(64) }).expect(409);
      expect(body.detail).toContain(`its digest is ${ordered.digest}`);
    });

    it('of another game is refused', async () => {
      const { token } = await on().tokenFor('otto', { role: 'approver', subject: 'acme/other' });
      await command('approve', token, { digest: ordered.digest }).expect(403);
    });

    it('is not passed by: promote, skip, rollback and override are no way around it', async () => {
      await command('promote', author).expect(409);
      await command('skip', author).expect(409);
      await command('override', author).expect(403);
      await command('override', approver).expect(403);
      const order = { provider: 'acme', game: GAME, version: '2.0.0-rc.1', reason: 'around it' };
      for (const strategy of ['rollback', 'all-at-once'])
        await on()
          .call('deployer', 'post', '/v1/releases', author)
          .send({ ...order, strategy })
          .expect(409);
    });

    it('of the right digest by another person counts, and the trail says with which token', async () => {
      await command('approve', approver, { digest: ordered.digest }).expect(202);
      const record = await eventually(async () => {
        const query = `action=release.commanded.approve&objectType=release&objectId=${ordered.id}`;
        const { body } = await on().call('audit', 'get', `/v1/audit?${query}`);
        return (body.items as AuditRecord[])[0];
      });
      expect(record).toMatchObject({
        actor: 'ben',
        authentication: expect.stringMatching(/^token [0-9a-f-]{36}$/),
      });
      expect(JSON.stringify(record)).not.toContain(approver);
    });
  });
}
