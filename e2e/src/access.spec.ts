import request from 'supertest';
import { startPlatform, type TestPlatform } from './platform';
import { finished, start } from './program';

describe('API tokens', () => {
  let platform: TestPlatform;
  beforeAll(async () => void (platform = await startPlatform()));
  afterAll(() => platform.stop());

  async function tokens(token: string, ...args: string[]) {
    const variables = { ACCESS_URL: platform.urls.access, CROUPIER_TOKEN: token };
    const program = start('apps/croupier/dist/main.js', ['tokens', ...args, '--json'], variables);
    const { code, lastLine, errors } = await finished(program);
    return { code, errors, answer: code === 0 ? JSON.parse(lastLine) : null };
  }

  it('are made by an admin, and open what they are for', async () => {
    const admin = platform.secrets['OPERATOR_TOKEN'] ?? '';
    const grant = ['--holder', 'anna', '--grant', 'viewer:acme/*', '--reason', 'looks'];
    const { answer } = await tokens(admin, 'create', 'anna looks', ...grant);
    const { id, token } = answer as { id: string; token: string };
    const releases = (query: object) =>
      request(platform.urls.deployer)
        .get('/v1/releases')
        .query(query)
        .set('authorization', `Bearer ${token}`);
    await releases({ provider: 'acme' }).expect(200);
    const { body } = await releases({ provider: 'other' }).expect(403);
    expect(body.detail).toContain('viewer for other/');

    expect(await tokens(token, 'whoami')).toMatchObject({
      code: 0,
      answer: { kind: 'token', actor: 'anna' },
    });
    expect(await tokens(token, 'ls')).toMatchObject({ code: 1, errors: expect.stringContaining('admin') });
    expect(await tokens(admin, 'revoke', id, '--reason', 'done')).toMatchObject({ code: 0 });
    expect((await tokens(admin, 'ls')).answer).toMatchObject({ tokens: [{ id, state: 'revoked' }] });
  });
});
