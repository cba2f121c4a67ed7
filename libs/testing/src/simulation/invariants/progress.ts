import type { StepPlan } from '@croupier/contracts';
import type { RolloutEvent, RolloutEventOf } from '@croupier/rollout';
import type { FlagService } from '../outside/flag-service';
import type { Gateway } from '../outside/gateway';
import type { Operators } from '../outside/operators';
import { CLOCK_SKEW_MS } from '../scenario/clocks';
import type { DrawnFreezes } from '../scenario/freezes';
import { subjectOf } from '../scenario/game-version';
import type { Setting } from '../setting';
import type { Commit, ReleaseRow, Teller } from '../stores/release-row';
import type { RoutingDesk } from '../stores/routing-desk';
import { GATEWAY_ALIVE_MS, type TelemetryLog } from '../stores/telemetry-log';

type StepEnd = RolloutEventOf<
  'step.passed' | 'step.skipped' | 'step.approved' | 'approval.overridden' | 'weight.confirmed' | 'flag.set'
>;

/** What others know of the world, against which a step's end is held. */
export interface Witnesses {
  readonly operators: Operators;
  readonly flags: FlagService;
  readonly gateways: readonly Gateway[];
  readonly desk: RoutingDesk;
  readonly telemetry: TelemetryLog;
  readonly freezes: DrawnFreezes;
  readonly previewed: ReadonlySet<string>;
}

/** A release goes on only by what its plan asks for: evidence, approvals, confirmations, and no freeze. */
export class Progress {
  constructor(
    private readonly setting: Setting,
    private readonly witnesses: () => Witnesses,
  ) {}

  committed(commit: Commit): void {
    const { after, told } = commit;
    const first = after.events.length - told.decision.events.length;
    for (const [offset, event] of told.decision.events.entries()) {
      if (event.type === 'weight.confirmed') this.checkConfirmed(commit.before!, event);
      if (event.type === 'flag.set') this.checkFlag(event);
      if (event.type === 'step.passed' && event.requests !== null) this.checkHeard(after, commit.teller);
      if (event.type !== 'rollout.step' && !isPassedPromotion(event)) continue;
      const earlier = after.events.slice(0, first + offset);
      const stepIndex =
        event.type === 'rollout.step' ? event.stepIndex : after.release.state.plan.steps.length;
      if (stepIndex > 0) this.checkStepOver(commit, earlier, stepIndex - 1);
      if (event.type !== 'rollout.step') continue;
      if (givesSomethingNew(event.step)) this.checkFreeze(commit, event);
      if (event.step.kind === 'setWeight') this.checkHeard(after, commit.teller);
    }
  }

  private checkStepOver({ after }: Commit, earlier: readonly RolloutEvent[], stepIndex: number): void {
    const { plan } = after.release.state;
    const step = plan.steps[stepIndex]!;
    const entered = earlier.findIndex(
      (event) => event.type === 'rollout.step' && event.stepIndex === stepIndex,
    );
    const end = earlier.slice(entered).find(isStepEnd);
    const fault = end === undefined ? 'nothing has ended it' : this.faultOf(after, step, stepIndex, end);
    if (fault !== null)
      this.setting.referee.violated(
        'a step ends only by what it asks for',
        `step ${stepIndex} (${step.kind}) of ${plan.version}: ${fault}`,
      );
  }

  private faultOf({ release }: ReleaseRow, step: StepPlan, stepIndex: number, end: StepEnd): string | null {
    const { plan } = release.state;
    switch (end.type) {
      case 'step.skipped':
      case 'step.approved':
      case 'approval.overridden':
      case 'approval.overridden': {
        const { command } = this.witnesses().operators.orderOf(end.reason) ?? {};
        const asked = ASKED[end.type];
        if (command?.command !== asked) return `nobody has asked to ${asked}`;
        if (command.stepIndex !== undefined && command.stepIndex !== stepIndex)
          return `${asked} was meant for step ${command.stepIndex}`;
        return asked !== 'skip' && step.kind !== 'pause' ? 'it needs no approval' : null;
      }
      case 'weight.confirmed':
        return step.kind === 'setWeight' ? null : 'it sets no weight';
      case 'flag.set':
        return step.kind === 'setFlag' && end.flag === step.flag ? null : 'it sets another flag';
      case 'step.passed':
        return this.faultOfPassing(plan, step, end);
    }
  }

  private faultOfPassing(
    plan: ReleaseRow['release']['state']['plan'],
    step: StepPlan,
    { elapsedMs, requests, evidence }: RolloutEventOf<'step.passed'>,
  ): string | null {
    switch (step.kind) {
      case 'analysis': {
        if (elapsedMs < step.minDurationMs) return `only ${elapsedMs} ms of ${step.minDurationMs}`;
        if ((requests ?? 0) < step.minRequests) return `only ${requests} requests of ${step.minRequests}`;
        if (evidence.length !== plan.analysis.metrics.length) return 'not every metric was weighed';
        const needed = -Math.log(plan.analysis.beta);
        const unhealthy = evidence.find(({ healthLogEvidence }) => healthLogEvidence < needed);
        return unhealthy
          ? `${unhealthy.name} has evidence e^${unhealthy.healthLogEvidence.toFixed(2)}`
          : null;
      }
      case 'preview':
        return this.witnesses().previewed.has(plan.releaseId) ? null : 'it was never previewed';
      case 'pause':
        if (step.durationMs === null) return 'it waits for an approval';
        return elapsedMs < step.durationMs ? `only ${elapsedMs} ms of ${step.durationMs}` : null;
      case 'setWeight':
      case 'setFlag':
        return 'it has to be confirmed by others';
    }
  }

  /** The gateways deal by the step's weights: those that are in touch, and have been for long enough to be known. */
  private checkConfirmed({ release }: ReleaseRow, event: RolloutEventOf<'weight.confirmed'>): void {
    const { desk, gateways } = this.witnesses();
    const carried = release.stepRoutingVersion === null ? undefined : desk.at(release.stepRoutingVersion);
    const route = carried?.snapshot.subjects.find(
      ({ provider, game }) => provider === event.provider && game === event.game,
    );
    const most = Math.max(route?.canaryBuckets ?? 0, ...Object.values(route?.marketBuckets ?? {})) / 100;
    const isCanary = carried?.owners.get(subjectOf(event)) === release.id;
    const isPromoted = release.state.phase.kind === 'promoted' && route?.stable.version === event.version;
    const dealt = isPromoted ? 100 : isCanary ? most : 0;
    if (dealt !== event.weightPercent)
      this.setting.referee.violated(
        'a weight is confirmed when it is dealt',
        `${event.weightPercent} % of ${event.version} are confirmed, and the snapshot deals ${dealt} %`,
      );
    const { now } = this.setting.time;
    for (const gateway of gateways) {
      const { inTouchSince } = gateway;
      if (inTouchSince === null || now - inTouchSince < 2 * GATEWAY_ALIVE_MS) continue;
      if (gateway.routingVersion < (release.stepRoutingVersion ?? 0))
        this.setting.referee.violated(
          'a weight is confirmed when it is dealt',
          `${gateway.id} deals by snapshot ${gateway.routingVersion}, not ${release.stepRoutingVersion}`,
        );
    }
  }

  private checkFlag({ flag, releaseId }: RolloutEventOf<'flag.set'>): void {
    if (!this.witnesses().flags.hasBeenSet(flag))
      this.setting.referee.violated('a flag is known to be set when it is', `${flag} of ${releaseId}`);
  }

  /** A freeze that begins while a pass is under way is seen by the next. */
  private checkFreeze({ after, teller }: Commit, event: RolloutEventOf<'rollout.step'>): void {
    const { plan } = after.release.state;
    if (plan.strategy === 'rollback') return;
    const { now } = this.setting.time;
    const seenSince = (teller.seenSince ?? now) - 2 * CLOCK_SKEW_MS;
    const { freezes } = this.witnesses();
    const freeze = freezes.freezeOf(plan, event.at);
    const isSeen = freezes.freezeOf(plan, seenSince) !== null && freezes.freezeOf(plan, now) !== null;
    if (freeze !== null && isSeen)
      this.setting.referee.violated(
        'nothing new gets traffic in a freeze',
        `step ${event.stepIndex} of ${event.version} begins ${freeze.until - event.at} ms before the end of ${freeze.name}`,
      );
  }

  /** Some gateway was heard shortly before. People may have their reasons, and a way back waits for nobody. */
  private checkHeard({ release }: ReleaseRow, { seenSince }: Teller): void {
    const { strategy, version } = release.state.plan;
    if (seenSince === null || strategy === 'rollback' || strategy === 'all-at-once') return;
    if (this.witnesses().telemetry.heardAt <= seenSince - GATEWAY_ALIVE_MS)
      this.setting.referee.violated('silence never raises a weight', version);
  }
}

const ASKED = {
  'step.skipped': 'skip',
  'step.approved': 'approve',
  'approval.overridden': 'override',
} as const;

function isStepEnd(event: RolloutEvent): event is StepEnd {
  switch (event.type) {
    case 'step.passed':
    case 'step.skipped':
    case 'step.approved':
    case 'approval.overridden':
    case 'weight.confirmed':
    case 'flag.set':
      return true;
    default:
      return false;
  }
}

function isPassedPromotion(event: RolloutEvent): boolean {
  return event.type === 'rollout.promoted' && event.cause === 'steps-passed';
}

function givesSomethingNew(step: StepPlan): boolean {
  return step.kind === 'setWeight' || (step.kind === 'setFlag' && step.enabled);
}
