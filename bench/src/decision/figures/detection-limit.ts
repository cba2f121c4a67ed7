import { median } from '../../order-statistics';
import { breachBoundary, POLICY } from '../judges/croupier';
import { LIMITS } from '../judges/limits';
import { seeded } from '../random';
import { REGRESSIONS, type Regression } from '../scenarios';

/** Requests until the evidence is enough, beside the fewest that a test of this alpha needs. */
export interface DetectionLimit extends Regression {
  /** log(1/alpha) / KL(p, p0), Wald 1945, with the alpha of the rollout as a whole. */
  readonly limit: number;
  /** Median over streams that are looked at after every request. */
  readonly requests: number;
}

export function detectionLimits(streams: number): DetectionLimit[] {
  return REGRESSIONS.map((regression) => ({
    ...regression,
    limit: waldLimit(regression),
    requests: median(
      Array.from({ length: streams }, (_, stream) => requestsToBreach(regression, 40_000_000 + stream)),
    ),
  }));
}

export function waldLimit({ fault, share }: Regression): number {
  const limit = LIMITS[fault];
  const divergence = share * Math.log(share / limit) + (1 - share) * Math.log((1 - share) / (1 - limit));
  return -Math.log(POLICY.alpha) / divergence;
}

function requestsToBreach({ fault, share }: Regression, seed: number): number {
  const breach = breachBoundary(fault);
  const uniform = seeded(seed);
  let [requests, failures] = [0, 0];
  do {
    requests += 1;
    if (uniform() < share) failures += 1;
  } while (failures < breach.at(requests));
  return requests;
}
