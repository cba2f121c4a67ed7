import { shareOf, type Proportion } from './confidence';
import { pooled, type PeerRollbacks, type Rollbacks } from './figures/false-rollbacks';
import { missedRegressions, type Detection } from './figures/regressions';
import { JUDGE_NAMES, JUDGES, PEER_NAMES } from './judges/all';
import type { DecisionReport } from './report';

const FIRST_COLUMN = 30;
const COLUMN = 23;

/** The report for people: what each judge rolled back for nothing, and what it let through. */
export function tableOf(report: DecisionReport): string {
  const { atLimit, atHalf, clean, trickle, peers } = report;
  return [
    row('rolled back for nothing', judgeNames()),
    ...rollbackRows('at the limit', atLimit, peers.atLimit),
    ...rollbackRows('at half the limit', atHalf, peers.atHalf),
    ...rollbackRows('as good as stable', clean, peers.clean),
    row('a request in 50 s', [percent(trickle), ...peerPercents(peers.trickle)]),
    '',
    row('bad requests before rollback', judgeNames()),
    ...report.cells.map(({ fault, share, canaryPerSecond, judges }) =>
      row(
        `${share * 100} % ${fault}, ${canaryPerSecond}/s`,
        JUDGE_NAMES.map((name) => badRequests(judges[name])),
      ),
    ),
    '',
    ...sentences(report),
  ].join('\n');
}

function rollbackRows(
  name: string,
  croupier: readonly Rollbacks[],
  peers: ReadonlyMap<number, PeerRollbacks>,
): string[] {
  return croupier.map(({ canaryPerSecond, rolledBack }) =>
    canaryPerSecond === 'bursts'
      ? row(`${name}, bursts`, [percent(rolledBack)])
      : row(`${name}, ${canaryPerSecond}/s`, [
          percent(rolledBack),
          ...peerPercents(peers.get(canaryPerSecond)!),
        ]),
  );
}

function sentences(report: DecisionReport): string[] {
  return [
    `Rolled back at the limit: ${range(pooled(report.atLimit))}, at half: ${range(pooled(report.atHalf))}.`,
    `Missed from twice the limit on: ${range(missedRegressions(report.cells))}.`,
    ...report.detection.map(
      ({ fault, share, requests, limit }) =>
        `Requests to detection of ${share * 100} % ${fault}: ${requests}, at best ${limit.toFixed(1)}.`,
    ),
    ...report.clean.map(
      ({ canaryPerSecond, promoted, medianSeconds }) =>
        `As good as stable at ${canaryPerSecond}/s: ${percent(promoted)} promoted, in ${medianSeconds} s (median).`,
    ),
    ...report.incidents.map(
      ({ weight, told, blamed }) =>
        `Incident in both versions, canary at ${weight * 100} %: ${percent(told)} told, ${percent(blamed)} rolled back.`,
    ),
    `0.9 % errors beside 0.1 %: ${percent(report.underLimit.rolledBack)} rolled back, ` +
      `after ${report.underLimit.medianRequests} requests.`,
  ];
}

function judgeNames(): string[] {
  return JUDGE_NAMES.map((name) => JUDGES[name].name);
}

function peerPercents(rollbacks: PeerRollbacks): string[] {
  return PEER_NAMES.map((name) => percent(rollbacks[name]));
}

/** The mean, and the share of rollouts that it is a mean of when that is not all. */
function badRequests({ rolledBack, badRequests: bad }: Detection): string {
  if (rolledBack.count === 0) return 'never rolled back';
  const caught = rolledBack.count === rolledBack.of ? '' : ` (${percent(rolledBack)} caught)`;
  return `${bad < 100 ? bad.toFixed(1) : Math.round(bad)}${caught}`;
}

function range(share: Proportion): string {
  const ends = [share.low, share.high].map((end) => `${Number((end * 100).toPrecision(2))} %`);
  return `${share.count} of ${share.of} (95 %: ${ends.join(' to ')})`;
}

function percent(share: Proportion): string {
  return `${Number((shareOf(share) * 100).toPrecision(2))} %`;
}

function row(first: string, cells: readonly string[]): string {
  return (
    first.padEnd(FIRST_COLUMN) +
    cells
      .map((cell) => cell.padEnd(COLUMN))
      .join('')
      .trimEnd()
  );
}
