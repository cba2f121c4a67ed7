import type { Telling } from '@croupier/orchestrator';
import type { Decision } from '@croupier/rollout';
import { SOUND_RULES, type Rules } from './rules';

export interface PlantedBug {
  /** One line: what is wrong, and where it would be in a real system. */
  readonly what: string;
  readonly rules: Partial<Rules>;
}

/** Mistakes that are easily made, planted on purpose: a simulator that misses one of them is blind. */
export const PLANTED_BUGS = {
  'unfenced-store': {
    what: 'the store lets in who has lost its lease',
    rules: { isHolder: () => true },
  },
  'unfenced-target': {
    what: 'the target obeys a token older than one it has seen',
    rules: { isFresh: () => true },
  },
  'tokens-stay': {
    what: 'a lease changes hands and keeps its token',
    rules: { nextToken: (token) => Math.max(1, token) },
  },
  'forgetful-inbox': {
    what: 'a message or request that comes twice is taken twice',
    rules: { remembers: () => false },
  },
  'outcome-told-again': {
    what: 'the outcome of an effect that is done already is told once more',
    rules: { hasBeenTold: () => false },
  },
  'lost-effects': {
    what: 'a decision of several effects is stored without the last of them',
    rules: { decide: (...args) => withoutLastEffect(SOUND_RULES.decide(...args)) },
  },
  'undone-forgotten': {
    what: 'a new holder loads what is not finished, and not what has something left to do',
    rules: { isLoaded: (finished) => !finished },
  },
  'checkpoint-without-seen': {
    what: 'the tallies change hands without the list of entries they contain',
    rules: { kept: (checkpoint) => ({ ...checkpoint, seen: [] }) },
  },
  'hasty-horizon': {
    what: 'entries that commit out of order are passed over',
    rules: { horizon: (nextPosition) => nextPosition },
  },
  'confirmed-too-early': {
    what: 'a new weight is taken for dealt because the one before it is',
    rules: { routingVersionBeforeRouting: (previous) => previous },
  },
  'weight-by-weight': {
    what: 'traffic effects are dealt one after the other, also what a later decision has overtaken',
    rules: { snapshots: (effects) => effects.map((pending) => [pending]) },
  },
  'older-snapshot': {
    what: 'a gateway takes a snapshot that an older request brings late',
    rules: { replaces: (offered, present) => offered !== present },
  },
  'second-workload': {
    what: 'a deployment that is repeated starts a second workload',
    rules: { workloadName: (name, attempt) => `${name} #${attempt}` },
  },
  'undecided-passes': {
    what: 'the judge lets pass what it has not decided',
    rules: { telling: (telling) => passingTheUndecided(telling) },
  },
  'older-clearance': {
    what: 'a clearance that comes late replaces a newer one',
    rules: { isNewer: (revision, known) => revision !== known },
  },
  'revoked-later': {
    what: 'a revocation is dealt with whatever changes traffic next, and not at once',
    rules: { isDealtAtOnce: (revoked) => !revoked },
  },
  'certified-is-served': {
    what: 'a market has the stable version as soon as that is certified there, without a rollout',
    rules: { stood: (stood, cleared) => ({ ...stood, markets: cleared }) },
  },
} as const satisfies Record<string, PlantedBug>;

export type BugName = keyof typeof PLANTED_BUGS;

export function isBugName(name: string): name is BugName {
  return Object.hasOwn(PLANTED_BUGS, name);
}

export function rulesWith(bug: BugName): Rules {
  return { ...SOUND_RULES, ...(PLANTED_BUGS[bug] as PlantedBug).rules };
}

function withoutLastEffect(decision: Decision): Decision {
  return decision.effects.length < 2 ? decision : { ...decision, effects: decision.effects.slice(0, -1) };
}

function passingTheUndecided(telling: Telling): Telling {
  const { input } = telling;
  if (input?.kind !== 'judged' || input.verdict !== 'undecided') return telling;
  return { ...telling, input: { ...input, verdict: 'healthy' } };
}
