import type { MetricEvidence } from '@croupier/contracts';
import { exhausted } from '../src/exhausted';
import type { Command, CommandName, Freeze, Judged, RolloutInput, Unmet } from '../src/input';
import type { ReleasePlan } from '../src/plan';
import type { Progressing, RolloutState } from '../src/state';

export const TICK: RolloutInput = { kind: 'tick' };

export const ERRORS: MetricEvidence = {
  name: 'errors',
  trials: 1_024,
  failures: 31,
  observedRate: 31 / 1_024,
  nullRate: 0.01,
  breachLogEvidence: 8.1,
  breachThreshold: 7.6,
  healthLogEvidence: -4,
  healthThreshold: 3,
};

export const WALLET: Unmet = { subject: 'acme/wallet', range: '>=2.3.0', present: '2.2.0' };

export const WEEKEND: Freeze = { name: 'weekend', until: Date.UTC(2026, 2, 2, 6) };

export function start(stableVersion: string | null = '1.0.0', ...unmet: readonly Unmet[]): RolloutInput {
  return { kind: 'start', stableVersion, unmet };
}

export function judged(verdict: Judged['verdict'], stepIndex: number, stepRequests = 1_000): Judged {
  return {
    kind: 'judged',
    verdict,
    stepIndex,
    stepRequests,
    evidence: [ERRORS],
    explanation: `it is ${verdict}`,
  };
}

export function command(name: CommandName, overrides: Partial<Command> = {}): Command {
  return { kind: 'command', command: name, actor: 'anna', reason: 'incident 42', ...overrides };
}

export function confirmed(stepIndex: number | null): RolloutInput {
  return { kind: 'weightConfirmed', stepIndex };
}

export function freeze(freeze: Freeze = WEEKEND): RolloutInput {
  return { kind: 'freeze', freeze };
}

export const THAW: RolloutInput = { kind: 'freeze', freeze: null };

export const SUPERSEDED: RolloutInput = { kind: 'superseded', byVersion: '1.2.0' };
export const REVOKED: RolloutInput = { kind: 'revoked', reason: 'the laboratory withdraws it' };

/** What the outside answers, when all goes well, to what the release waits for. */
export function awaited(state: RolloutState): RolloutInput {
  const { plan, phase } = state;
  switch (phase.kind) {
    case 'queued':
      return start(plan.stableVersion);
    case 'staging':
      return { kind: 'stagingDeployed' };
    case 'testing':
      return { kind: 'testsPassed', checks: ['health', 'deposit', 'spin', 'withdrawal'] };
    case 'awaiting-approval':
      return command('approve', { actor: `approver ${phase.approvedBy.length + 1}`, stepIndex: null });
    case 'migrating':
      return { kind: 'migrationApplied', detail: '1 script' };
    case 'deploying':
      return phase.deadlineAt === null ? THAW : { kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' };
    case 'progressing':
      return phase.passed ? THAW : awaitedInStep(plan, phase);
    case 'paused':
      return command('resume');
    case 'promoted':
    case 'rolled-back':
      return phase.retireRequested ? { kind: 'retired', version: drainingVersion(state) } : TICK;
    case 'failed':
      return TICK;
    default:
      return exhausted(phase);
  }
}

function awaitedInStep(plan: ReleasePlan, { stepIndex }: Progressing): RolloutInput {
  const step = plan.steps[stepIndex];
  switch (step?.kind) {
    case 'setWeight':
      return confirmed(stepIndex);
    case 'analysis':
      return judged('healthy', stepIndex);
    case 'pause':
      return step.durationMs === null ? command('approve', { stepIndex }) : TICK;
    case 'setFlag':
      return { kind: 'flagSet', flag: step.flag, enabled: step.enabled };
    case 'preview':
      return { kind: 'previewPassed', checks: ['health', 'spin'] };
    case undefined:
      throw new Error(`The plan has no step ${stepIndex}`);
    default:
      return exhausted(step);
  }
}

function drainingVersion({ plan, phase }: RolloutState): string {
  return phase.kind === 'promoted' ? (plan.stableVersion ?? plan.version) : plan.version;
}
