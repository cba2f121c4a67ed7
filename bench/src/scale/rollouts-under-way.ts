import { createHash, randomUUID } from 'node:crypto';
import type { AnalysisPlan, GameManifest, ReleaseId } from '@croupier/contracts';
import { partitionOf } from '@croupier/orchestrator';
import {
  canarySteps,
  decide,
  evolve,
  queueRelease,
  statusOf,
  type ReleasePlan,
  type RolloutInput,
  type RolloutState,
} from '@croupier/rollout';
import { Client } from 'pg';

export const PROVIDER = 'bench';
export const STABLE = '1.0.0';
export const CANARY = '1.1.0';
export const MARKET = 'MT';

/** Judged without end: so many requests never come in. */
const MIN_REQUESTS = 1e9;
const DAY_MS = 24 * 60 * 60_000;

const ANALYSIS: AnalysisPlan = {
  metrics: [
    { name: 'error-rate', nullRate: 0.01, margin: null, source: { kind: 'gateway', failures: 'errors' } },
    { name: 'slow-share', nullRate: 0.05, margin: null, source: { kind: 'gateway', failures: 'slow' } },
  ],
  alpha: 0.001,
  beta: 0.05,
  budget: { failedRequests: null, playersTouched: null },
};

export function gameOf(index: number): string {
  return `game-${index}`;
}

/** Puts so many rollouts at their first analysis into a deployer's database, as the core itself would have led them there. */
export async function seedRollouts(databaseUrl: string, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SET search_path TO deployer');
    await client.query('BEGIN');
    const rollouts = Array.from({ length: count }, (_, index) => rollout(gameOf(index)));
    await client.query('UPDATE routing SET routing_version = 1');
    await client.query(
      `INSERT INTO subjects (provider, game, salt, stable_version, canary_version, canary_weights, route, routing_version)
       SELECT $2, s.game, 1, $3, $4, '{"elsewhere": 5, "markets": {}}', s.route, 1
       FROM jsonb_to_recordset($1::jsonb) AS s(game text, route jsonb)`,
      [JSON.stringify(rollouts), PROVIDER, STABLE, CANARY],
    );
    await client.query(
      `INSERT INTO workloads (environment, provider, game, version, digest, manifest_url, manifest, endpoint, running)
       SELECT 'production', $2, w.game, v.version, w.digest, 'http://provider.test/', w.manifest, 'http://127.0.0.1:1', true
       FROM jsonb_to_recordset($1::jsonb) AS w(game text, digest text, manifest jsonb),
         (VALUES ($3), ($4)) AS v(version)`,
      [JSON.stringify(rollouts), PROVIDER, STABLE, CANARY],
    );
    await client.query(
      `INSERT INTO releases (id, provider, game, version, digest, manifest_url, manifest, status, active, weight_percent,
         stable_version, state, revision, last_hash, partition, first_routing_version, step_routing_version)
       SELECT r.id, $2, r.game, $4, r.digest, 'http://provider.test/', r.manifest, r.status, true, 5, $3, r.state, 10,
         r.digest, r.partition, 1, 1
       FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, game text, digest text, manifest jsonb, status text, state jsonb,
         partition integer)`,
      [JSON.stringify(rollouts), PROVIDER, STABLE, CANARY],
    );
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

function rollout(game: string): object {
  const digest = createHash('sha256').update(game).digest('hex');
  const state = underWay(game, digest);
  const version = (number: string) => ({
    version: number,
    digest,
    manifestUrl: 'http://provider.test/',
    endpoint: 'http://127.0.0.1:1',
    markets: [MARKET],
  });
  const route = {
    provider: PROVIDER,
    game,
    salt: 1,
    stable: version(STABLE),
    canary: version(CANARY),
    canaryBuckets: 500,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
  };
  const partition = partitionOf(PROVIDER, game);
  const { releaseId: id } = state.plan;
  return { id, game, digest, manifest: manifestOf(game), status: statusOf(state), state, partition, route };
}

function underWay(game: string, digest: string): RolloutState {
  const now = Date.now();
  const steps = canarySteps({ minDurationMs: 1, minRequests: MIN_REQUESTS, deadlineMs: DAY_MS });
  const plan: ReleasePlan = {
    releaseId: randomUUID() as ReleaseId,
    provider: PROVIDER,
    game,
    version: CANARY,
    digest,
    stableVersion: STABLE,
    strategy: 'canary',
    steps,
    analysis: ANALYSIS,
    approvalsRequired: 0,
    requires: [],
    whenUnmet: 'wait',
    superseding: 'queued',
    progressDeadlineMs: null,
    drainMs: DAY_MS,
    effectDeadlineMs: DAY_MS,
  };
  const way: RolloutInput[] = [
    { kind: 'start', stableVersion: STABLE, unmet: [] },
    { kind: 'stagingDeployed' },
    { kind: 'testsPassed', checks: ['health'] },
    { kind: 'migrationApplied', detail: 'no scripts' },
    { kind: 'workloadReady', endpoint: 'http://127.0.0.1:1' },
    { kind: 'weightConfirmed', stepIndex: 0 },
  ];
  let state = queueRelease(plan, now).events.reduce<RolloutState | undefined>(evolve, undefined);
  for (const input of way) state = decide(state!, input, now).events.reduce<RolloutState>(evolve, state!);
  return state!;
}

function manifestOf(game: string): GameManifest {
  const file = { path: 'index.html', sizeBytes: 1, sha256: 'a'.repeat(64) };
  return {
    manifestVersion: 1,
    provider: PROVIDER,
    game,
    version: CANARY,
    markets: [MARKET],
    files: [file],
    server: { runtime: 'remote', url: 'http://127.0.0.1:1' },
    client: { entry: file.path },
    migrations: [],
    flags: [],
    requires: [],
  };
}
