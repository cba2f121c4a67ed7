import type { ReleaseAnalysis, ReleaseView, TimelineEntry } from '@croupier/contracts';
import { commandsAgainst } from '../../../test/command-run';
import { listRollouts } from './list-rollouts';
import { showRollout } from './show-rollout';
import { rollBack, steerRollout } from './steer-rollout';
import { watchRollout } from './watch-rollout';

const AT = '2026-03-01T12:00:00.000Z';
const ID = '7d4f6a52-2a2c-4b0e-9a4e-0f1f3c1f6a11';
const state = '/nowhere';

const release = {
  id: ID,
  provider: 'acme',
  game: 'slots',
  version: '1.1.0',
  digest: 'd'.repeat(64),
  attempt: 1,
  strategy: 'canary',
  status: 'progressing',
  stepIndex: 1,
  stepCount: 4,
  weightPercent: 5,
  stableVersion: '1.0.0',
  createdAt: AT,
  updatedAt: AT,
  revision: 2,
  reason: 'Step 2 of 4.',
} as ReleaseView;
const timeline = [
  { type: 'release.queued', summary: '1.1.0 is queued.', data: {} },
  {
    type: 'rollout.step',
    summary: '1.1.0 is judged at 5 %.',
    data: { stepIndex: 1, stepCount: 4, step: { kind: 'analysis' } },
  },
].map((entry, index): TimelineEntry => ({
  ...entry,
  sequence: index + 1,
  at: AT,
  actor: 'croupier',
  previousHash: '',
  hash: '',
}));
const analysis = {
  releaseId: ID,
  judgedAt: AT,
  metrics: [
    {
      ...{
        name: 'error-rate',
        counts: 'errors',
        trials: 400,
        failures: 1,
        observedRate: 0.0025,
        nullRate: 0.01,
      },
      ...{ stableTrials: 4_000, stableFailures: 4, breachLogEvidence: 0, breachThreshold: 4 },
      ...{ healthLogEvidence: 1.5, healthThreshold: 3 },
    },
  ],
} as unknown as ReleaseAnalysis;

describe('croupier rollouts', () => {
  const run = commandsAgainst('DEPLOYER_URL');
  let statuses: ReleaseView['status'][];

  beforeEach(() => {
    statuses = ['progressing'];
    run.api.answer = ({ url }) => ({ body: bodyOf(url) });
  });

  function bodyOf(url: string): unknown {
    if (url.startsWith('/v1/releases?')) return { releases: [release], next: null };
    if (url.includes('/timeline')) return { entries: url.includes('after=0') ? timeline : [] };
    if (url.endsWith('/analysis')) return analysis;
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    return { ...release, status, weightPercent: status === 'rolled-back' ? 0 : 5 };
  }

  it('lists them as a table without colours when it is no terminal', async () => {
    await listRollouts({ state, limit: '20' });
    expect(run.printed[0]).toMatch(/^ID +VERSION +STRATEGY +STATUS/);
    expect(run.printed[1]).toContain(`${ID}  acme/slots@1.1.0  canary    progressing  2/4   5 %`);
  });

  it('shows one by the name of its game, with its evidence and its timeline as a tree', async () => {
    await showRollout('acme/slots', { state });
    expect(run.printed).toEqual(
      expect.arrayContaining([
        '├─ queue  0.0 s',
        '│  └─ 12:00:00  1.1.0 is queued.',
        '└─ step 2 of 4: analysis  0.0 s',
        '   └─ 12:00:00  1.1.0 is judged at 5 %.',
      ]),
    );
    expect(run.printed.find((line) => line.startsWith('error-rate'))).toContain('██████······  50 %');
  });

  it.each([
    ['promoted', 0],
    ['rolled-back', 3],
    ['failed', 4],
  ] as const)('is watched until it is %s, and ends with %d', async (status, code) => {
    statuses = ['progressing', status];
    await watchRollout(ID, { state });
    expect(run.printed).toEqual([
      '12:00:00  1.1.0 is queued.',
      '12:00:00  1.1.0 is judged at 5 %.',
      '12:00:00  error-rate 0.25 % of 400 (stable 0.10 % of 4000)',
      `acme/slots@1.1.0 is ${status}: Step 2 of 4.`,
    ]);
    expect(process.exitCode).toBe(code);
  });

  it('are steered with a reason, and with the step that was seen where the next would be another', async () => {
    await steerRollout('approve', 'acme/slots@1.1.0', { state, reason: 'as tested' });
    await steerRollout('override', ID, { state, reason: 'players lose money' });
    await steerRollout('pause', ID, { state, reason: 'a tournament' });
    await rollBack(ID, { state, reason: 'stuck reels', to: '0.9.0' });
    const posts = run.api.asked.filter(({ method }) => method === 'POST');
    const seen = { stepIndex: 1, digest: release.digest };
    expect(posts.map(({ url, body }) => ({ url, body }))).toEqual([
      { url: `/v1/releases/${ID}/approve`, body: { reason: 'as tested', ...seen } },
      { url: `/v1/releases/${ID}/override`, body: { reason: 'players lose money', ...seen } },
      { url: `/v1/releases/${ID}/pause`, body: { reason: 'a tournament' } },
      { url: `/v1/releases/${ID}/rollback`, body: { reason: 'stuck reels', to: '0.9.0' } },
    ]);
    expect(posts.every(({ headers }) => headers['idempotency-key'] !== undefined)).toBe(true);
  });

  it('refuses what is no rollout, and says how one is named', async () => {
    await expect(showRollout('slots', { state })).rejects.toThrow('acme/slots@1.4.0');
  });
});
