import { PolicyDocument, subjectId, type PolicyScope } from '@croupier/contracts';
import * as fc from 'fast-check';
import type { ArtifactFacts, PlanDefaults, Policy } from '../src/policies/policy';

export const DEFAULTS: PlanDefaults = {
  look: { minDurationMs: 60_000, minRequests: 100, deadlineMs: 1_800_000, onDeadline: 'hold' },
  analysis: {
    metrics: [
      { name: 'error-rate', nullRate: 0.01, margin: null, source: { kind: 'gateway', failures: 'errors' } },
    ],
    alpha: 0.001,
    beta: 0.05,
    budget: { failedRequests: null, playersTouched: null },
  },
  superseding: 'queued',
  whenUnmet: 'wait',
  drainMs: 14_400_000,
  approvalExpiresAfterMs: 86_400_000,
  effectDeadlineMs: 600_000,
  progressDeadlineMs: null,
};

/** As an operator would write it. */
export function policyOf(name: string, document: object, version = 1): Policy {
  return { name, version, ...PolicyDocument.parse({ rules: AUTO, ...document }) };
}

export const AUTO = { automation: { kind: 'auto' } };

export function factsOf(overrides: Partial<ArtifactFacts> = {}): ArtifactFacts {
  return {
    provider: 'acme',
    game: 'slots',
    version: '1.1.0',
    stableVersion: '1.0.0',
    markets: ['MT', 'SE'],
    flags: ['bonus'],
    requires: [],
    ...overrides,
  };
}

const MARKETS = ['MT', 'SE', 'US-NJ'] as const;
const PROVIDERS = ['acme', 'zenith'] as const;
const GAMES = ['slots', 'wallet'] as const;

const anyVersion = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.constantFrom('', '-rc.1', '+build.7'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);

export const anyFacts: fc.Arbitrary<ArtifactFacts> = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  game: fc.constantFrom(...GAMES),
  version: anyVersion,
  stableVersion: fc.option(anyVersion),
  markets: fc.option(fc.subarray([...MARKETS], { minLength: 1 })),
  flags: fc.subarray(['bonus', 'jackpot']),
  requires: fc.constant([]),
});

const anyScope: fc.Arbitrary<PolicyScope> = fc
  .record({
    whom: fc.constantFrom('all', 'provider', 'subject'),
    provider: fc.constantFrom(...PROVIDERS),
    game: fc.constantFrom(...GAMES),
    market: fc.option(fc.constantFrom(...MARKETS)),
    change: fc.option(fc.constantFrom('first', 'patch', 'minor', 'major')),
  })
  .map(({ whom, provider, game, market, change }) => ({
    provider: whom === 'provider' ? provider : null,
    subject: whom === 'subject' ? subjectId(provider, game) : null,
    market,
    change,
  }));

const anyLook = fc.oneof(
  fc.constant({}),
  fc.record({ minDurationMs: fc.nat(4_000_000), minRequests: fc.nat(1_000) }),
  fc.record({ deadlineMs: fc.integer({ min: 1, max: 4_000_000 }), onDeadline: fc.constant('roll-back') }),
);

const anyStrategy = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constant('canary'),
    weights: fc.option(
      fc
        .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 })
        .map((weights) => weights.sort((a, b) => a - b)),
    ),
    waves: fc.array(fc.subarray([...MARKETS], { minLength: 1 }), { maxLength: 2 }),
    look: anyLook,
  }),
  fc.record({ kind: fc.constant('blue-green'), approval: fc.boolean(), look: anyLook }),
  fc.record({ kind: fc.constant('flag'), look: anyLook }),
);

const anyAutomation = fc.oneof(
  fc.constant({ kind: 'auto' }),
  fc.constant({ kind: 'manual' }),
  fc.record({ kind: fc.constant('approval'), approvers: fc.integer({ min: 1, max: 3 }) }),
);

/** Well-formed, and perhaps impossible to follow. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    name: fc.string({ unit: fc.constantFrom(...'abcdef'), minLength: 3, maxLength: 6 }),
    scope: anyScope,
    precedence: fc.integer({ min: 0, max: 2 }),
    automation: anyAutomation,
    strategy: anyStrategy,
    prereleases: fc.constantFrom('skip', 'release'),
  })
  .map(({ name, scope, precedence, ...rules }) => policyOf(name, { scope, precedence, rules }));
