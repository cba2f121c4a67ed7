import { shareOf, type Proportion } from '../confidence';
import type { PeerRollbacks, Rollbacks } from '../figures/false-rollbacks';
import { detects } from '../goals';
import { JUDGE_NAMES, JUDGES, PEER_NAMES, type JudgeName } from '../judges/all';
import type { DecisionReport } from '../report';
import { CANARY_RATES } from '../scenarios';
import { mark, STYLE } from './marks';
import { drawPanel, heightOf, type Axis, type Dot, type Panel, type Row } from './panel';
import { tag, text } from './svg';

const WIDTH = 1000;
const LEFT = 130;
const GAP = 34;
const PANEL_WIDTH = (WIDTH - LEFT - CANARY_RATES.length * GAP) / CANARY_RATES.length;
const LEGEND_TOP = 30;
const LEGEND_STEP = 165;
const FIRST_TOP = 74;
const BETWEEN = 84;
const NOTE = 'hollow: rolls back over 1 % of canaries at half the limit, or misses over 1 % of these';

const REQUESTS: Axis = {
  hasZero: false,
  ticks: ['1', '10', '100', '1 k', '10 k', '100 k', '1 M'].map((name, power) => ({ at: 10 ** power, name })),
};
const SHARES: Axis = {
  hasZero: true,
  ticks: ['0.01', '0.1', '1', '10', '100 %'].map((name, power) => ({ at: 10 ** (power - 4), name })),
};

/** Both halves of a judge's work, by traffic: what it lets through, and what it rolls back for nothing. */
export function drawingOf(report: DecisionReport): string {
  const bad = CANARY_RATES.map((rate) => badRequestsPanel(report, rate));
  const wrong = CANARY_RATES.map((rate) => falseRollbacksPanel(report, rate));
  const secondTop = FIRST_TOP + heightOf(bad[0]!.rows.length) + BETWEEN;
  const height = secondTop + heightOf(wrong[0]!.rows.length) + 12;
  return tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: 'img',
      'aria-label': 'Bad requests served and false rollbacks of five canary judges',
    },
    tag('style', {}, STYLE),
    tag('rect', { class: 'page', width: WIDTH, height, rx: 8 }),
    ...legend(),
    ...half('Bad requests served before the rollback (mean)', bad, FIRST_TOP),
    text(WIDTH - GAP, secondTop - 50, NOTE, { class: 'quiet', 'text-anchor': 'end' }),
    ...half('Rollouts rolled back for nothing (95 % interval)', wrong, secondTop),
  ).concat('\n');
}

function half(title: string, panels: readonly Panel[], top: number): string[] {
  return [
    text(LEFT, top - 6, title, { class: 'title' }),
    ...panels.map((panel, index) =>
      drawPanel(panel, LEFT + index * (PANEL_WIDTH + GAP), top + 8, PANEL_WIDTH),
    ),
  ];
}

function legend(): string[] {
  return JUDGE_NAMES.flatMap((name, index) => {
    const x = LEFT + index * LEGEND_STEP;
    return [mark(name, x + 6, LEGEND_TOP - 4), text(x + 19, LEGEND_TOP, JUDGES[name].name)];
  });
}

function badRequestsPanel(report: DecisionReport, rate: number): Panel {
  const cells = report.cells.filter(
    ({ fault, canaryPerSecond }) => fault === 'errors' && canaryPerSecond === rate,
  );
  return {
    title: `canary gets ${rate} requests/s`,
    axis: REQUESTS,
    hasRowNames: rate === CANARY_RATES[0],
    rows: cells.map((cell) => ({
      name: `${cell.share * 100} % errors`,
      dots: JUDGE_NAMES.filter((name) => cell.judges[name].rolledBack.count > 0).map((judge) => ({
        judge,
        value: cell.judges[judge].badRequests,
        isFilled: judge === 'croupier' || detects(report, cell, judge),
      })),
    })),
  };
}

function falseRollbacksPanel({ atLimit, atHalf, clean, peers }: DecisionReport, rate: number): Panel {
  return {
    title: `canary gets ${rate} requests/s`,
    axis: SHARES,
    hasRowNames: rate === CANARY_RATES[0],
    rows: [
      rollbackRow('at the limit', atLimit, peers.atLimit, rate),
      rollbackRow('at half of it', atHalf, peers.atHalf, rate),
      rollbackRow('as good as stable', clean, peers.clean, rate),
    ],
  };
}

function rollbackRow(
  name: string,
  croupier: readonly Rollbacks[],
  peers: ReadonlyMap<number, PeerRollbacks>,
  rate: number,
): Row {
  const own = croupier.find(({ canaryPerSecond }) => canaryPerSecond === rate)!.rolledBack;
  const others = peers.get(rate)!;
  return { name, dots: [dot('croupier', own), ...PEER_NAMES.map((peer) => dot(peer, others[peer]))] };
}

function dot(judge: JudgeName, rolledBack: Proportion): Dot {
  return {
    judge,
    value: shareOf(rolledBack),
    range: [rolledBack.low, rolledBack.high],
    isFilled: true,
  };
}
