import type { Ratio } from '../bench';
import { shareOf } from './confidence';
import { pooled } from './figures/false-rollbacks';
import { missedRegressions, type RegressionCell } from './figures/regressions';
import { PEER_NAMES, PEERS, type PeerName } from './judges/all';
import { POLICY } from './judges/croupier';
import type { DecisionReport } from './report';
import { waldLimit } from './figures/detection-limit';
import { WINDOW_SECONDS } from './traffic';

const MOST_MISSED = 0.001;
/** The traffic of a first step of 5 % on 4,000 requests a second. */
const BUSY_PER_SECOND = 200;
/** A judge tells bad from good in a traffic when it rolls back so much of the one and so little of the other. */
const LEAST_CAUGHT = 0.99;
const MOST_FALSE = 0.01;

/** What the bench has to reach. Shares are held against their goal by the upper end of their confidence interval. */
export function goalsOf(report: DecisionReport): Ratio[] {
  return [
    {
      name: 'false rollbacks at the limit, upper end, over alpha',
      value: pooled(report.atLimit).high / POLICY.alpha,
      goal: { atMost: 1 },
    },
    {
      name: 'false rollbacks at half the limit, upper end, over alpha / 10',
      value: pooled(report.atHalf).high / (POLICY.alpha / 10),
      goal: { atMost: 1 },
    },
    {
      name: 'missed regressions from twice the limit, upper end, over 0.1 %',
      value: missedRegressions(report.cells).high / MOST_MISSED,
      goal: { atMost: 1 },
    },
    ...report.detection.map(({ fault, share, requests, limit }) => ({
      name: `requests to detection at ${share * 100} % ${fault} over the limit`,
      value: requests / limit,
      goal: { atMost: 2 },
    })),
    {
      name: 'requests to detection by windows over the limit and a window, worst',
      value: Math.max(...report.cells.map(overLimitAndWindow)),
      goal: { atMost: 2 },
    },
    ...PEER_NAMES.map((peer) => ({
      name: `bad requests at 10 % errors, ${PEERS[peer].name} over ours`,
      value: fewerBadRequests(report.cells.find(isOutage)!, peer),
      goal: { atLeast: 20 },
    })),
    ...PEER_NAMES.map((peer) => ({
      name: `bad requests, ours over ${PEERS[peer].name} where it detects, worst`,
      value: Math.max(
        0,
        ...report.cells
          .filter((cell) => detects(report, cell, peer))
          .map((cell) => 1 / fewerBadRequests(cell, peer)),
      ),
      goal: { atMost: 1 },
    })),
  ];
}

/** How many times as many bad requests the peer let through as the platform's judge did. */
export function fewerBadRequests({ judges }: RegressionCell, peer: PeerName): number {
  return judges[peer].badRequests / judges.croupier.badRequests;
}

/** Whether a peer tells this bad canary from one at half the limit, in the same traffic. */
export function detects({ peers }: DecisionReport, cell: RegressionCell, peer: PeerName): boolean {
  const falseRollbacks = peers.atHalf.get(cell.canaryPerSecond)![peer];
  return shareOf(cell.judges[peer].rolledBack) >= LEAST_CAUGHT && shareOf(falseRollbacks) <= MOST_FALSE;
}

function isOutage({ canaryPerSecond, fault, share }: RegressionCell): boolean {
  return canaryPerSecond === BUSY_PER_SECOND && fault === 'errors' && share === 0.1;
}

function overLimitAndWindow(cell: RegressionCell): number {
  const window = cell.canaryPerSecond * WINDOW_SECONDS;
  return cell.judges.croupier.medianRequests / (waldLimit(cell) + window);
}
