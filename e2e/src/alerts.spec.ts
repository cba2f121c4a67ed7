import { SlackDouble } from '@croupier/testing';
import request from 'supertest';
import { startPlatform, type TestPlatform } from './platform';
import { finished, start } from './program';

describe('an operator who looks after alerts', () => {
  let platform: TestPlatform;
  let slack: SlackDouble;
  beforeAll(async () => void ([platform, slack] = await Promise.all([startPlatform(), SlackDouble.start()])));
  afterAll(() => Promise.all([platform.stop(), slack.stop()]));

  async function croupier(...args: string[]) {
    const program = start(
      'apps/croupier/dist/main.js',
      ['alerts', ...args, '--json', '--state', platform.stateDirectory],
      { ALERTS_URL: platform.urls.alerts },
    );
    const { code, lastLine, errors } = await finished(program);
    return { code, errors, answer: JSON.parse(lastLine) };
  }

  async function put(path: string, document: object): Promise<void> {
    await request(platform.urls.alerts)
      .put(`/v1/alerts/${path}`)
      .set('authorization', `Bearer ${platform.secrets['OPERATOR_TOKEN']}`)
      .set('if-none-match', '*')
      .send({ ...document, reason: 'the test asks' })
      .expect(200);
  }

  it('sets a channel up, tests it, and reads what became of that', async () => {
    const settings = { kind: 'slack', apiUrl: slack.apiUrl };
    await put('channels/ops', { settings: { ...settings, conversation: '#releases' }, secret: slack.token });
    await put('channels/wrong', { settings: { ...settings, conversation: '#nowhere' }, secret: slack.token });
    await put('routes/all', { channels: ['ops'] });

    expect((await croupier('channels')).answer).toMatchObject({
      channels: [{ name: 'ops' }, { name: 'wrong' }],
      routes: [{ name: 'all', channels: ['ops'] }],
    });
    expect(await croupier('test', 'ops')).toMatchObject({ code: 0, answer: { state: 'delivered' } });
    expect(slack.posts).toHaveLength(1);

    const failed = await croupier('test', 'wrong');
    expect(failed).toMatchObject({ code: 1, answer: { detail: 'Slack answered channel_not_found' } });
    const { id } = failed.answer as { id: string };
    expect((await croupier('list', '--only', 'failed')).answer).toMatchObject({ items: [{ id }] });
    expect((await croupier('retry', id)).answer).toMatchObject({ id });
    expect((await croupier('show', id)).answer).toMatchObject({ id, channel: 'wrong' });
  });
});
