import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import { eventually } from '@croupier/testing';
import { GAME, type Stage } from './stage';
import { signedWebhook } from './webhook-attacks';

/** Ways to write an address that is inside. */
const INSIDE: readonly [attack: string, address: (port: number) => string][] = [
  ['the loopback address', (port) => `http://127.0.0.1:${port}/loopback`],
  ['another loopback address', (port) => `http://127.7.7.7:${port}/loopback`],
  ['the address of nowhere', (port) => `http://0.0.0.0:${port}/nowhere`],
  ['the metadata of the cloud', () => 'http://169.254.169.254/latest/meta-data/'],
  ['a decimal address', (port) => `http://2130706433:${port}/decimal`],
  ['an octal address', (port) => `http://0177.0.0.1:${port}/octal`],
  ['a hexadecimal address', (port) => `http://0x7f.1:${port}/hexadecimal`],
  ['the loopback address of IPv6', (port) => `http://[::1]:${port}/loopback6`],
  ['an IPv4 address mapped to IPv6', (port) => `http://[::ffff:127.0.0.1]:${port}/mapped`],
  ['an IPv4 address translated to IPv6', (port) => `http://[64:ff9b::7f00:1]:${port}/translated`],
  ['a private address', (port) => `http://10.0.0.1:${port}/private`],
  ['a name of a private address', (port) => `http://${hostname()}:${port}/name`],
  ['credentials before the address', (port) => `http://localhost@127.0.0.1:${port}/credentials`],
];

export function addressAttacks(on: () => Stage, secretOf: (provider: string) => string): void {
  describe('an address that leads inside', () => {
    /** Outside, but not harmless: it redirects inside, and serves manifests with paths of its own. */
    let hostile: Server;
    beforeAll(async () => {
      hostile = createServer((request, response) => {
        if (request.url === '/escape') return void response.end(escape());
        response.writeHead(302, { location: `http://127.0.0.1:${on().insidePort}/redirected` }).end();
      });
      await once(hostile.listen(0, '127.0.0.1'), 'listening');
    });
    afterAll(async () => {
      hostile.closeAllConnections();
      await once(hostile.close(), 'close');
    });
    const hostileUrl = (path: string) => `http://localhost:${(hostile.address() as AddressInfo).port}${path}`;

    let minor = 0;
    async function announce(manifestUrl: string): Promise<string> {
      minor += 1;
      const version = `9.${minor}.0`;
      const data = { game: GAME, version, manifestUrl, manifestSha256: '0'.repeat(64) };
      const body = JSON.stringify({ type: 'game.added', timestamp: new Date().toISOString(), data });
      const sent = { id: `msg_${randomUUID()}`, body, secret: secretOf('acme') };
      const { status } = await signedWebhook(on(), sent);
      return status === 202 ? on().refusalOf(version) : `refused with ${status}`;
    }

    it.each(INSIDE)('(%s) is refused in a manifest’s place, and never asked', async (_attack, address) => {
      expect(['forbidden-address', 'unreachable', 'refused with 422']).toContain(
        await announce(address(on().insidePort)),
      );
      expect(on().reached).toEqual([]);
    });

    it.each(['file:///etc/passwd', 'gopher://127.0.0.1:25/', 'ftp://127.0.0.1/', 'data:,{}'])(
      '(%s) is refused at once',
      async (address) => {
        expect(await announce(address)).toMatch(/^refused with 4/);
      },
    );

    it('(by a redirect) is refused in a manifest’s place, and never asked', async () => {
      expect(await announce(hostileUrl('/away'))).toBe('forbidden-address');
      expect(on().reached).toEqual([]);
    });

    it('(by an artifact registry) is refused, and never asked', async () => {
      const digest = `sha256:${'0'.repeat(64)}`;
      const refusal = await announce(`oci://127.0.0.1:${on().insidePort}/acme/slots@${digest}`);
      expect(['forbidden-address', 'unreachable']).toContain(refusal);
      expect(on().reached).toEqual([]);
    });

    it.each([
      ...INSIDE.map(([attack, address]) => [attack, () => address(on().insidePort)] as const),
      ['a redirect', () => hostileUrl('/away')] as const,
    ])('(%s) is refused as an alert’s, and never asked', async (_attack, address) => {
      expect(await tried({ kind: 'webhook', url: address() })).toMatch(/^failed|^refused/);
      expect(on().reached).toEqual([]);
    });

    it.each([
      [
        'slack',
        () => ({ kind: 'slack', conversation: '#a', apiUrl: `http://127.0.0.1:${on().insidePort}/api/` }),
      ],
      ['slack by a redirect', () => ({ kind: 'slack', conversation: '#a', apiUrl: hostileUrl('/api/') })],
      ['pagerduty', () => ({ kind: 'pagerduty', eventsUrl: `http://127.0.0.1:${on().insidePort}` })],
    ])('is refused in the settings of %s, and never asked', async (_attack, settings) => {
      expect(await tried(settings())).toMatch(/^failed|^refused/);
      expect(on().reached).toEqual([]);
    });

    async function tried(settings: object): Promise<string> {
      const channel = `/v1/alerts/channels/inside-${randomUUID().slice(0, 8)}`;
      const secret = (settings as { kind: string }).kind === 'webhook' ? {} : { secret: 'xoxb-0-secret' };
      const put = await on()
        .call('alerts', 'put', channel)
        .set('if-none-match', '*')
        .send({ settings, ...secret, reason: 'the test asks' });
      if (put.status !== 200) return `refused with ${put.status}`;
      const { body } = await on().call('alerts', 'post', `${channel}/test`);
      return eventually(
        async () => {
          const delivery = await on().call('alerts', 'get', `/v1/alerts/deliveries/${body.id as string}`);
          return ['failed', 'delivered'].includes(delivery.body.state) && delivery.body.state;
        },
        { timeoutMs: 20_000 },
      );
    }

    it('(a path out of its folder) is refused in a manifest', async () => {
      minor += 1;
      const version = `9.${minor}.0`;
      const manifestSha256 = createHash('sha256').update(escape()).digest('hex');
      const data = { game: GAME, version, manifestUrl: hostileUrl('/escape'), manifestSha256 };
      const body = JSON.stringify({ type: 'game.added', timestamp: new Date().toISOString(), data });
      await signedWebhook(on(), { id: `msg_${randomUUID()}`, body, secret: secretOf('acme') }).expect(202);
      expect(await on().refusalOf(version)).toBe('invalid-manifest');
    });
  });
}

function escape(): string {
  const file = { path: '../../../etc/cron.d/croupier', sizeBytes: 1, sha256: '0'.repeat(64) };
  return JSON.stringify({ provider: 'acme', game: GAME, version: '9.0.0', files: [file] });
}
