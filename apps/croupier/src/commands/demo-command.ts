import { Narrator } from '../demo/narrator';
import { runDemo } from '../demo/demo';
import type { Ground } from '../demo/demo-platform';
import type { DemoOutcome } from '../demo/outcome';

export interface DemoOptions {
  readonly real?: boolean;
  readonly running?: boolean;
  readonly reachedAs: string;
  readonly state: string;
  readonly json?: boolean;
}

/** Ends 0 only if every claim of the demo held. */
export async function demoCommand(options: DemoOptions): Promise<void> {
  const narrator = new Narrator(options.json ? process.stderr : process.stdout);
  const outcome = await runDemo({ ground: groundOf(options), environment: process.env }, narrator);
  process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : summaryText(outcome));
  process.exitCode = outcome.ok ? 0 : 1;
}

function groundOf({ real, running, reachedAs, state }: DemoOptions): Ground {
  if (running) return { kind: 'running', reachedAs, state };
  return { kind: real ? 'real' : 'embedded' };
}

function summaryText(outcome: DemoOutcome): string {
  const { promoted, rolledBack, stable, badRequestsServed, detectMs, switchMs, markets, alerts } = outcome;
  const rollbacks = rolledBack.map(
    (version) =>
      `  ${version} rolled back: detected in ${detectMs[version]} ms after ${badRequestsServed[version]} bad requests, ` +
      `all traffic back ${switchMs[version]} ms later`,
  );
  return [
    '',
    outcome.ok ? 'All as it should be.' : 'Not as it should be.',
    `  promoted ${promoted.join(', ') || 'nothing'}; stable is ${stable}`,
    ...rollbacks,
    `  ${outcome.requests} requests, ${outcome.droppedRequests} dropped; ${outcome.sessionsMoved} sessions changed version`,
    `  ${markets.version} is certified in ${markets.certifiedIn} only: dealt ` +
      Object.entries(markets.dealt)
        .map(([market, version]) => `${version} in ${market}`)
        .join(' and '),
    ...Object.entries(alerts).map(
      ([version, { slackThreads, slackMessages, pagerDuty, failedAttempts }]) =>
        `  ${version} told in ${slackThreads} Slack thread of ${slackMessages} messages and to PagerDuty ` +
        `(${pagerDuty.join(', ')}), after ${failedAttempts} failed attempts`,
    ),
    `  timelines ${outcome.timelinesVerified ? 'verify' : 'do NOT verify'}; ${outcome.seconds} s in all`,
    '',
  ].join('\n');
}
