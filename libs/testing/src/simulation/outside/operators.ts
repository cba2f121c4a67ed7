import type { ReleaseId } from '@croupier/contracts';
import { currentStep, isEnded, type CommandName, type RolloutInput } from '@croupier/rollout';
import type { Setting } from '../setting';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { ReleaseRow } from '../stores/release-row';
import type { DeployerApi } from './deployer-api';

type Command = Extract<RolloutInput, { readonly kind: 'command' }>;

/** A command as it was sent: its reason is like no other's. */
export interface Order {
  readonly releaseId: ReleaseId;
  readonly command: Command;
}

/** People: some give commands at random, and one who comes by when all is calm ends what waits for a person. */
export class Operators {
  private readonly orders = new Map<string, Order>();

  constructor(
    private readonly setting: Setting,
    private readonly ledger: ReleaseLedger,
    private readonly api: DeployerApi,
    private readonly commandEveryMs: number,
  ) {}

  start(): void {
    this.planCommand();
    this.planRound();
  }

  /** The command that gave this reason. */
  orderOf(reason: string): Order | undefined {
    return this.orders.get(reason);
  }

  private planCommand(): void {
    const { time, random, weather } = this.setting;
    if (this.commandEveryMs === Infinity) return;
    time.after(random.waiting(this.commandEveryMs), () => {
      if (weather.isClear) return;
      const open = [...this.ledger.all()].filter(({ release }) => !isEnded(release.state));
      if (open.length > 0) this.order(random.pick(open), random.pick(COMMANDS));
      this.planCommand();
    });
  }

  private planRound(): void {
    const { time, weather } = this.setting;
    time.after(ROUND_EVERY_MS, () => {
      for (const row of weather.isClear ? this.ledger.all() : []) {
        const command = wayOut(row, time.now - weather.clearsAt);
        if (command !== null) this.order(row, command);
      }
      this.planRound();
    });
  }

  private order({ release: { id, state } }: ReleaseRow, name: CommandName): void {
    const { random } = this.setting;
    const reason = `order ${this.orders.size + 1}`;
    const actor = random.pick(['anna', 'bela', 'cleo']);
    const seen = { stepIndex: currentStep(state)?.stepIndex ?? null };
    const command: Command = {
      kind: 'command',
      command: name,
      actor,
      reason,
      ...(random.chance(0.7) && seen),
    };
    this.setting.figures.commands += 1;
    this.orders.set(reason, { releaseId: id, command });
    this.setting.say?.(`${actor} asks to ${name} ${state.plan.version} (${reason})`);
    this.send(id, command);
  }

  /** A request is repeated under its own key until it is answered, and at times once too often. */
  private send(id: ReleaseId, command: Command): void {
    const { time, random, weather } = this.setting;
    time.after(random.between(5, 200), () => {
      const isAnswered = this.api.tell(command.reason, id, command);
      if (!isAnswered || random.chance(weather.now.badDelivery)) this.send(id, command);
    });
  }
}

const COMMANDS: readonly CommandName[] = [
  'pause',
  'pause',
  'resume',
  'resume',
  'resume',
  'approve',
  'approve',
  'skip',
  'skip',
  'override',
  'promote',
  'abort',
  'reject',
];

const ROUND_EVERY_MS = 1_000;
/** Whoever is held for longer than this is not waited for. */
const PATIENCE_MS = 12_000;

/** What ends the waiting of a release that nothing but a person can move. */
function wayOut({ release: { state } }: ReleaseRow, calmForMs: number): CommandName | null {
  const { plan, phase } = state;
  if (phase.kind === 'awaiting-approval') return 'approve';
  if (phase.kind === 'paused') return 'resume';
  if (phase.kind !== 'progressing' || phase.passed) return null;
  const step = plan.steps[phase.stepIndex];
  if (step?.kind === 'pause' && step.durationMs === null) return 'approve';
  return phase.held && calmForMs > PATIENCE_MS ? 'abort' : null;
}
