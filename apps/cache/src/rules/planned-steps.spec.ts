import { CacheRuleDocument, type ReleaseId } from '@croupier/contracts';
import { plannedSteps } from './planned-steps';
import type { VersionChange } from './version-change';

const PROMOTED: VersionChange = {
  kind: 'promoted',
  cause: 'rollout.promoted',
  eventId: 'e',
  actor: 'croupier/deployer',
  reason: '1.1.0 was promoted',
  releaseId: '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f' as ReleaseId,
  provider: 'acme',
  game: 'slots',
  version: '1.1.0+b2',
  values: { provider: 'acme', game: 'slots', version: '1.1.0+b2', current: '1.1.0+b2', previous: '1.0.0' },
};

const RULE = CacheRuleDocument.parse({
  warmUp: {
    paths: ['/v1/games/{provider}/{game}/versions/{version}/manifest'],
    files: '/files/{version}/{path}',
  },
  pointers: [{ path: '/v1/games/{provider}/{game}', expect: '"productionVersion":"{current}"' }],
  promoted: [
    { selector: { kind: 'tags', tags: ['game.{provider}.{game}.{previous}'] }, targets: ['cdn'] },
    { selector: { kind: 'version', version: 'previous' }, targets: null },
  ],
});

describe('the steps of a promotion', () => {
  it('are: new files everywhere, the pointer at its origin, the pointer, what was old, and the pointer read back', () => {
    const steps = plannedSteps(RULE, PROMOTED).map(({ step }) => step);
    expect(steps.map(({ kind }) => kind)).toEqual(['warm', 'origin', 'purge', 'purge', 'purge', 'verify']);
    expect(steps).toMatchObject([
      {
        paths: [{ path: '/v1/games/acme/slots/versions/1.1.0%2Bb2/manifest', sha256: null }],
        manifest: { version: '1.1.0+b2', files: '/files/1.1.0%2Bb2/{path}' },
      },
      { path: '/v1/games/acme/slots', expect: '"productionVersion":"1.1.0+b2"' },
      { selector: { kind: 'keys', keys: ['/v1/games/acme/slots'] } },
      { selector: { kind: 'tags', tags: ['game.acme.slots.1.0.0'] } },
      { selector: { kind: 'version', version: '1.0.0' } },
      { path: '/v1/games/acme/slots' },
    ]);
  });

  it('leave out what is about a version that there is not', () => {
    const first = { ...PROMOTED, values: { ...PROMOTED.values, previous: null } };
    expect(plannedSteps(RULE, first).map(({ step }) => step.kind)).toEqual([
      'warm',
      'origin',
      'purge',
      'verify',
    ]);
  });

  it('are the default ones without a rule: what points to a version before the version', () => {
    expect(plannedSteps(null, PROMOTED).map(({ step }) => step)).toEqual([
      { kind: 'purge', selector: { kind: 'tags', tags: ['game.acme.slots.current', 'games.current'] } },
      { kind: 'purge', selector: { kind: 'prefix', prefix: 'game:acme/slots:' } },
      {
        kind: 'purge',
        selector: { kind: 'version', provider: 'acme', game: 'slots', version: '1.0.0' },
      },
    ]);
  });
});

describe('the steps before a version gets traffic', () => {
  it('fetch its files, and purge nothing', () => {
    const staged: VersionChange = { ...PROMOTED, kind: 'staged', cause: 'release.staged' };
    expect(plannedSteps(RULE, staged).map(({ step }) => step.kind)).toEqual(['warm']);
    expect(plannedSteps(null, staged)).toEqual([]);
  });
});

describe('the steps of a revocation', () => {
  it('wait for nothing', () => {
    const revoked: VersionChange = {
      ...PROMOTED,
      kind: 'revoked',
      cause: 'clearance.changed',
      values: { ...PROMOTED.values, current: null, previous: '1.1.0' },
    };
    expect(plannedSteps(RULE, revoked).map(({ step }) => step.kind)).toEqual([
      'purge',
      'purge',
      'purge',
      'purge',
      'verify',
    ]);
  });
});
