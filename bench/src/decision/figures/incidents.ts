import { median } from '../../order-statistics';
import { proportion, type Proportion } from '../confidence';
import { PEER_NAMES, PEERS, type PeerName } from '../judges/all';
import { croupier } from '../judges/croupier';
import { CLEAN, constant, incident, TRICKLE } from '../scenarios';
import { Trace } from '../trace';
import { WINDOWS_PER_MINUTE, type Traffic } from '../traffic';

const CANARY_PER_SECOND = 20;
const LOOKS = 10 * WINDOWS_PER_MINUTE;

/** A minute in which both versions fail, by the canary's share of the traffic. */
export interface IncidentFigures {
  readonly weight: number;
  readonly told: Proportion;
  /** Rollouts in which the canary was rolled back for it. */
  readonly blamed: Proportion;
  readonly peersBlamed: Readonly<Record<Exclude<PeerName, 'kayenta'>, Proportion>>;
}

export function incidentFigures(traces: number): IncidentFigures[] {
  return [0.05, 0.25, 0.5, 0.9].map((weight) => {
    const traffic = incident(CANARY_PER_SECOND, weight);
    const decisions = Array.from({ length: traces }, (_, seed) =>
      croupier.decide(new Trace(traffic, 60_000_000 + seed), LOOKS),
    );
    return {
      weight,
      told: proportion(decisions.filter(({ incidentAt }) => incidentAt !== null).length, traces),
      blamed: proportion(decisions.filter(({ kind }) => kind === 'rolled-back').length, traces),
      peersBlamed: peersBlamed(traffic, traces),
    };
  });
}

function peersBlamed(traffic: Traffic, traces: number): IncidentFigures['peersBlamed'] {
  const blamed = (name: PeerName): Proportion => {
    let count = 0;
    for (let seed = 0; seed < traces; seed += 1)
      if (PEERS[name].decide(new Trace(traffic, 60_000_000 + seed)).kind === 'rolled-back') count += 1;
    return proportion(count, traces);
  };
  const watching = PEER_NAMES.filter((name) => name !== 'kayenta');
  return Object.fromEntries(watching.map((name) => [name, blamed(name)])) as IncidentFigures['peersBlamed'];
}

/** A canary under its limit and yet nine times as bad as stable: what only the comparison sees. */
export interface UnderLimitFigures {
  readonly rolledBack: Proportion;
  readonly medianRequests: number;
}

export function underLimit(traces: number): UnderLimitFigures {
  const traffic = constant(200, { ...CLEAN, errors: 0.009 }, CLEAN);
  const requests: number[] = [];
  for (let seed = 0; seed < traces; seed += 1) {
    const trace = new Trace(traffic, 70_000_000 + seed);
    const { kind, window } = croupier.decide(trace);
    if (kind === 'rolled-back') requests.push(trace.canary(0, window).requests);
  }
  return { rolledBack: proportion(requests.length, traces), medianRequests: median(requests) };
}

/** Canaries with next to no traffic that the platform's judge rolled back within ten minutes. */
export function trickle(traces: number): Proportion {
  let rolledBack = 0;
  for (let seed = 0; seed < traces; seed += 1)
    if (croupier.decide(new Trace(TRICKLE, 80_000_000 + seed), LOOKS).kind === 'rolled-back') rolledBack += 1;
  return proportion(rolledBack, traces);
}
