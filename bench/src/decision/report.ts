import { detectionLimits, type DetectionLimit } from './figures/detection-limit';
import {
  croupierAtHalf,
  croupierAtLimit,
  croupierClean,
  peerFalseRollbacks,
} from './figures/false-rollbacks';
import type { CleanRollouts, PeerFalseRollbacks, Rollbacks } from './figures/false-rollbacks';
import { incidentFigures, trickle, underLimit } from './figures/incidents';
import type { IncidentFigures, UnderLimitFigures } from './figures/incidents';
import { regressionCells, type RegressionCell } from './figures/regressions';
import type { Proportion } from './confidence';

/** Sample sizes; every figure has seeds of its own, so that the numbers of one do not depend on another's size. */
export interface Sizes {
  readonly atLimitEach: number;
  readonly atHalfEach: number;
  readonly regressionsEach: number;
  readonly streams: number;
  readonly peers: number;
  readonly others: number;
}

/** All that the bench measures. */
export interface DecisionReport {
  readonly atLimit: readonly Rollbacks[];
  readonly atHalf: readonly Rollbacks[];
  readonly clean: readonly CleanRollouts[];
  readonly peers: PeerFalseRollbacks;
  readonly detection: readonly DetectionLimit[];
  readonly cells: readonly RegressionCell[];
  readonly incidents: readonly IncidentFigures[];
  readonly underLimit: UnderLimitFigures;
  readonly trickle: Proportion;
}

export function measure(sizes: Sizes): DecisionReport {
  return {
    atLimit: croupierAtLimit(sizes.atLimitEach),
    atHalf: croupierAtHalf(sizes.atHalfEach),
    clean: croupierClean(sizes.others),
    peers: peerFalseRollbacks(sizes.peers),
    detection: detectionLimits(sizes.streams),
    cells: regressionCells(sizes.regressionsEach),
    incidents: incidentFigures(sizes.others),
    underLimit: underLimit(sizes.others),
    trickle: trickle(sizes.others),
  };
}
