import { median } from '../../order-statistics';
import { proportion, type Proportion } from '../confidence';
import { PEER_NAMES, PEERS, type PeerName } from '../judges/all';
import { croupier } from '../judges/croupier';
import { AT_HALF, AT_LIMIT, bursts, CANARY_RATES, CLEAN, constant, TRICKLE } from '../scenarios';
import { Trace } from '../trace';
import { WINDOW_SECONDS, WINDOWS_PER_MINUTE, type Traffic } from '../traffic';

/** How far the platform's judge is followed, by the canary's requests a second: 1,200 requests and more. */
const LOOKS = new Map([
  [2, 10 * WINDOWS_PER_MINUTE],
  [20, 10 * WINDOWS_PER_MINUTE],
  [200, 3 * WINDOWS_PER_MINUTE],
]);
const BURST_MINUTES = 5;
/** Kayenta takes three hours for a rollout, the others five minutes. */
const KAYENTA_PART = 10;

/** One kind of traffic, named by the canary's requests a second where it is steady. */
export interface Rollbacks {
  readonly canaryPerSecond: number | 'bursts';
  readonly rolledBack: Proportion;
}

/**
 * At the limit in all that the judge tests: both rates at their limit, and both exactly the margin over stable's. It looks
 * after every window.
 */
export function croupierAtLimit(rolloutsEach: number): Rollbacks[] {
  return CANARY_RATES.map((rate) => ({
    canaryPerSecond: rate,
    rolledBack: followed(constant(rate, AT_LIMIT, AT_HALF), LOOKS.get(rate)!, rolloutsEach, 10_000_000),
  }));
}

/** At half the limits, as stable is; steady traffic and bursts. */
export function croupierAtHalf(rolloutsEach: number): Rollbacks[] {
  const steady = CANARY_RATES.map((rate) => ({
    canaryPerSecond: rate,
    rolledBack: followed(constant(rate, AT_HALF, AT_HALF), LOOKS.get(rate)! / 2, rolloutsEach, 20_000_000),
  }));
  const traffic = bursts(2, BURST_MINUTES);
  const looks = BURST_MINUTES * WINDOWS_PER_MINUTE;
  return [
    ...steady,
    { canaryPerSecond: 'bursts', rolledBack: followed(traffic, looks, rolloutsEach, 25_000_000) },
  ];
}

/** As good as stable, followed to the end of the rollout. */
export function croupierClean(rolloutsEach: number): CleanRollouts[] {
  return CANARY_RATES.map((rate) => {
    const traffic = constant(rate, CLEAN, CLEAN);
    const decisions = Array.from({ length: rolloutsEach }, (_, rollout) =>
      croupier.decide(new Trace(traffic, 27_000_000 + rollout)),
    );
    const promoted = decisions.filter(({ kind }) => kind === 'promoted');
    return {
      canaryPerSecond: rate,
      rolledBack: proportion(decisions.filter(({ kind }) => kind === 'rolled-back').length, rolloutsEach),
      promoted: proportion(promoted.length, rolloutsEach),
      medianSeconds: median(promoted.map(({ window }) => window * WINDOW_SECONDS)),
    };
  });
}

export interface CleanRollouts extends Rollbacks {
  readonly promoted: Proportion;
  /** From the first request to the last step's end. */
  readonly medianSeconds: number;
}

export function pooled(kinds: readonly Rollbacks[]): Proportion {
  const sum = (of: keyof Proportion): number =>
    kinds.reduce((total, { rolledBack }) => total + rolledBack[of], 0);
  return proportion(sum('count'), sum('of'));
}

function followed(traffic: Traffic, looks: number, rollouts: number, firstSeed: number): Proportion {
  let rolledBack = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1)
    if (croupier.decide(new Trace(traffic, firstSeed + rollout), looks).kind === 'rolled-back')
      rolledBack += 1;
  return proportion(rolledBack, rollouts);
}

export type PeerRollbacks = Readonly<Record<PeerName, Proportion>>;

export interface PeerFalseRollbacks {
  /** By the canary's requests a second. */
  readonly atLimit: ReadonlyMap<number, PeerRollbacks>;
  readonly atHalf: ReadonlyMap<number, PeerRollbacks>;
  readonly clean: ReadonlyMap<number, PeerRollbacks>;
  readonly trickle: PeerRollbacks;
}

/** Whole rollouts of the peers, each as long as it takes them. */
export function peerFalseRollbacks(rolloutsEach: number): PeerFalseRollbacks {
  const byRate = (of: (rate: number) => Traffic): ReadonlyMap<number, PeerRollbacks> =>
    new Map(CANARY_RATES.map((rate) => [rate, rollbacksOf(of(rate), rolloutsEach)]));
  return {
    atLimit: byRate((rate) => constant(rate, AT_LIMIT, AT_LIMIT)),
    atHalf: byRate((rate) => constant(rate, AT_HALF, AT_HALF)),
    clean: byRate((rate) => constant(rate, CLEAN, CLEAN)),
    trickle: rollbacksOf(TRICKLE, rolloutsEach),
  };
}

function rollbacksOf(traffic: Traffic, rolloutsEach: number): PeerRollbacks {
  const rolledBack = (name: PeerName): Proportion => {
    const traces = name === 'kayenta' ? Math.ceil(rolloutsEach / KAYENTA_PART) : rolloutsEach;
    let count = 0;
    for (let seed = 0; seed < traces; seed += 1)
      if (PEERS[name].decide(new Trace(traffic, 30_000_000 + seed)).kind === 'rolled-back') count += 1;
    return proportion(count, traces);
  };
  return Object.fromEntries(PEER_NAMES.map((name) => [name, rolledBack(name)])) as Record<
    PeerName,
    Proportion
  >;
}
