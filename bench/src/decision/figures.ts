import { shareOf, type Proportion } from './confidence';
import { pooled, type PeerRollbacks, type Rollbacks } from './figures/false-rollbacks';
import { missedRegressions } from './figures/regressions';
import { JUDGE_NAMES, PEER_NAMES } from './judges/all';
import type { DecisionReport } from './report';

type Figures = [name: string, value: number][];

/** Every figure by a dotted name; those that do not exist, such as the median of nothing, are left out. */
export function figuresOf(report: DecisionReport): Record<string, number> {
  const figures: Figures = [
    ...croupierRollbacks('falseRollbacks.atLimit', report.atLimit),
    ...croupierRollbacks('falseRollbacks.atHalf', report.atHalf),
    ...croupierRollbacks('falseRollbacks.clean', report.clean),
    ...report.clean.flatMap(({ canaryPerSecond, promoted, medianSeconds }): Figures => [
      [`promoted.clean.rate${canaryPerSecond}.croupier`, shareOf(promoted)],
      [`medianSecondsToPromotion.clean.rate${canaryPerSecond}.croupier`, medianSeconds],
    ]),
    ...peerRollbacks('falseRollbacks.atLimit', report.peers.atLimit),
    ...peerRollbacks('falseRollbacks.atHalf', report.peers.atHalf),
    ...peerRollbacks('falseRollbacks.clean', report.peers.clean),
    ['falseRollbacks.trickle.croupier', shareOf(report.trickle)],
    ...peerShares('falseRollbacks.trickle', report.peers.trickle),
    ...shareFigures('missedRegressions', missedRegressions(report.cells)),
    ...report.detection.flatMap(({ fault, share, requests, limit }): Figures => {
      const name = `requestsToDetection.${fault}${share * 100}`;
      return [
        [`${name}.median`, requests],
        [`${name}.limit`, limit],
      ];
    }),
    ...report.cells.flatMap(({ fault, share, canaryPerSecond, judges }) =>
      JUDGE_NAMES.flatMap((judge): Figures => {
        const name = `${fault}${share * 100}.rate${canaryPerSecond}.${judge}`;
        const { rolledBack, badRequests, medianRequests, medianSeconds } = judges[judge];
        return [
          [`rolledBack.${name}`, shareOf(rolledBack)],
          [`badRequests.${name}`, badRequests],
          [`medianRequests.${name}`, medianRequests],
          [`medianSeconds.${name}`, medianSeconds],
        ];
      }),
    ),
    ...report.incidents.flatMap(({ weight, told, blamed, peersBlamed }): Figures => {
      const name = `incident.weight${weight * 100}`;
      return [
        [`${name}.told.croupier`, shareOf(told)],
        [`${name}.blamed.croupier`, shareOf(blamed)],
        ...Object.entries(peersBlamed).map(([peer, of]): Figures[number] => [
          `${name}.blamed.${peer}`,
          shareOf(of),
        ]),
      ];
    }),
    ['underLimit.rolledBack', shareOf(report.underLimit.rolledBack)],
    ['underLimit.medianRequests', report.underLimit.medianRequests],
  ];
  return Object.fromEntries(figures.filter(([, value]) => Number.isFinite(value)));
}

function croupierRollbacks(name: string, kinds: readonly Rollbacks[]): Figures {
  return [
    ...shareFigures(`${name}.croupier`, pooled(kinds)),
    ...kinds.map(({ canaryPerSecond, rolledBack }): Figures[number] => [
      `${name}.${canaryPerSecond === 'bursts' ? 'bursts' : `rate${canaryPerSecond}`}.croupier`,
      shareOf(rolledBack),
    ]),
  ];
}

function peerRollbacks(name: string, byRate: ReadonlyMap<number, PeerRollbacks>): Figures {
  return [...byRate].flatMap(([rate, rollbacks]) => peerShares(`${name}.rate${rate}`, rollbacks));
}

function peerShares(name: string, rollbacks: PeerRollbacks): Figures {
  return PEER_NAMES.flatMap((peer) => shareFigures(`${name}.${peer}`, rollbacks[peer]));
}

function shareFigures(name: string, share: Proportion): Figures {
  return [
    [name, shareOf(share)],
    [`${name}.low`, share.low],
    [`${name}.high`, share.high],
    [`${name}.rollouts`, share.of],
  ];
}
