import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import fc from 'fast-check';
import { mutatedRequests, target, type MutatedRequest, type Target } from '../../test/mutated-requests';
import { RunningAggregator } from '../../test/running-aggregator';
import { generateSecret } from '../signatures/secret';

/** `npm run test:fuzz` sends 100,000. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 3_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** Sent at the same time. */
const AT_ONCE = 20;
const ROUNDS = 10;
/** What is under way comes and goes; a leak would raise the least that is held, round by round. */
const GROWTH_LIMIT_BYTES = 16 * 1024 * 1024;

const MAPPING = `{
  "type": "release.revoked",
  "timestamp": at,
  "data": {"game": $lowercase(code), "version": $replace(build, /^v/, ""), "reason": $join(["because ", why])}
}`;

const TEXT = generateSecret('text');
const TARGETS: readonly Target[] = [
  target('standard', { kind: 'standard-webhooks' }, { kind: 'croupier' }, generateSecret('standard')),
  target('hub', { kind: 'github' }, { kind: 'croupier' }, TEXT),
  target('stripy', { kind: 'stripe' }, { kind: 'jsonata', expression: MAPPING }, TEXT, {
    at: '2026-01-31T12:00:00Z',
    code: 'Slots',
    build: 'v1.4.0',
    why: 'it pays twice',
  }),
  target('gitlab', { kind: 'gitlab' }, { kind: 'gitlab-ci' }, TEXT),
  target(
    'jenkins',
    { kind: 'basic', username: 'ci' },
    { kind: 'jenkins', versionParameter: 'VERSION' },
    TEXT,
  ),
  target(
    'nexus',
    { kind: 'hmac', header: 'x-nexus-webhook-signature', digest: 'sha1' },
    { kind: 'nexus' },
    TEXT,
  ),
  target('artifactory', { kind: 'bearer' }, { kind: 'artifactory' }, TEXT),
  target(
    'registry',
    { kind: 'mtls', header: 'x-subject', subjects: ['CN=registry'] },
    { kind: 'oci-registry' },
    undefined,
  ),
];

describe('the webhook endpoint under mutated requests', () => {
  let database: FreshDatabase;
  let aggregator: RunningAggregator;

  beforeAll(async () => {
    database = await freshDatabase();
    aggregator = await RunningAggregator.start(database.url, { TRUSTED_PROXIES: '127.0.0.1' });
    for (const { name, settings, secret } of TARGETS) await aggregator.provider(name, settings, secret);
  });

  afterAll(async () => {
    await aggregator.stop();
    await database.drop();
  });

  const statuses = new Map<number, number>();
  let stored = 0;

  async function send(request: MutatedRequest): Promise<void> {
    const { statusCode, body, headers } = await aggregator.fastify.inject(request);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    if (statusCode === 202 && !(JSON.parse(body) as { duplicate: boolean }).duplicate) stored += 1;
    const problem = String(headers['content-type']).includes('application/problem+json');
    if (statusCode >= 500 || (statusCode >= 400 && !problem))
      throw new Error(`${described(request)} -> ${statusCode} ${body}`);
  }

  function described({ method, url, headers, payload }: MutatedRequest): string {
    return `${method} ${url} ${JSON.stringify(headers)} ${payload.length} B: ${JSON.stringify(payload.subarray(0, 500).toString('latin1'))}`;
  }

  function heldBytes(): number {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  it(
    `answers ${REQUESTS} of them without 5xx, stores each accepted one once, and holds on to nothing`,
    async () => {
      const held: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const run = await fc.check(
          fc.asyncProperty(
            fc.array(mutatedRequests(TARGETS), { minLength: AT_ONCE, maxLength: AT_ONCE }),
            async (requests) => {
              await Promise.all(requests.map(send));
            },
          ),
          { seed: SEED + round, numRuns: Math.ceil(REQUESTS / AT_ONCE / ROUNDS), endOnFailure: true },
        );
        // The one request at fault says more than all that were sent with it.
        if (run.failed) throw new Error(`With the seed ${run.seed}: ${String(run.errorInstance)}`);
        aggregator.published.length = 0;
        held.push(heldBytes());
      }

      const [row] = await aggregator.dataSource.query<{ ids: number; kept: number }[]>(
        'SELECT (SELECT count(*)::int FROM webhook_ids) AS ids, (SELECT count(*)::int FROM webhooks) AS kept',
      );
      expect(row).toEqual({ ids: stored, kept: stored });
      const counts = Object.fromEntries([...statuses].sort(([one], [another]) => one - another));
      process.stdout.write(
        `${JSON.stringify({ requests: REQUESTS, seed: SEED, statuses: counts, stored, heldMiB: held.map((bytes) => Math.round(bytes / 2 ** 20)) })}\n`,
      );
      // The mutations are worth something: all kinds of answers came, and many requests went all the way.
      for (const status of [200, 202, 400, 401, 404, 413, 415, 422])
        expect(statuses.get(status)).toBeGreaterThan(0);
      const floors = [held.slice(0, ROUNDS / 2), held.slice(ROUNDS / 2)].map((bytes) => Math.min(...bytes));
      expect((floors[1] ?? 0) - (floors[0] ?? 0)).toBeLessThan(GROWTH_LIMIT_BYTES);

      const alive = await aggregator.operate('post', '/v1/providers/standard/test').send({});
      expect(alive.body).toMatchObject({ outcome: 'accepted' });
    },
    15 * 60_000,
  );
});
